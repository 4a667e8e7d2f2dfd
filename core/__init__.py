"""Everything about gradient descent on a line that is true without a screen."""
