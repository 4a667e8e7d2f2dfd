"""Serving and deployment of the app, for one machine and for many learners."""
