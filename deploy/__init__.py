"""The app on servers made for many learners."""
