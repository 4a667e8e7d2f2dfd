"""Questions of the course and the facts behind their answers; the texts are in ``core.words``."""
