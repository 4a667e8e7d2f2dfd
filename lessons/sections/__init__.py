"""Parts of a page that are worth a file."""
