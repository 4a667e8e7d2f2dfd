"""What is asked, and what is right about it: facts, which ``core.words`` puts into words."""
