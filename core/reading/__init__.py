"""Text from strangers: files of points, typed numbers, pins, what a browser kept."""
