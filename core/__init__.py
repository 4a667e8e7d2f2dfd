"""Gradient descent on a line and a network, without user interface.

``parameters`` has the bounds and defaults of all URL parameters, ``runs`` the limits of a run, such
as how many of its steps are recorded. ``docs/architecture.md`` describes all modules.
"""
