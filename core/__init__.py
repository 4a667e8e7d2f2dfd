"""Everything about gradient descent, for a line and a network, that is true without a screen."""
