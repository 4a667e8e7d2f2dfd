"""Sentences, in one Markdown file a page and language, and how numbers are written."""
