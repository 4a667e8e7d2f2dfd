"""Reading what strangers write: files of points."""
