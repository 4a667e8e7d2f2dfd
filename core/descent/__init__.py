"""Gradient descent on a line beyond one run: stretches, schedules, challenges, scripts."""
