"""Text from strangers: files of points, typed numbers, pins, what a browser kept.

A table goes through ``text`` (bytes to rows), ``layout`` (rows to a table), ``columns``, and
``choosing`` (a table to points). ``vocabulary`` has the words for missing values ("NA"), units and
totals.
"""
