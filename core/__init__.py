"""Everything about gradient descent, for a line and a network, that is true without a screen.

``parameters`` has the bounds and usual values of all that a link can say, ``runs`` the limits of a
run, such as how many of its steps are recorded. ``docs/architecture.md`` has the whole map.
"""
