"""One script per page, read from top to bottom like an article, and what they share.

Sentences are in ``core/words/en``; those of pages that have not moved there yet stand in the page.
"""
