"""One script per page, read from top to bottom like an article, and what they share."""
