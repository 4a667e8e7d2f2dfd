"""Every chart: its tables, its specification, its words and its numbers."""
