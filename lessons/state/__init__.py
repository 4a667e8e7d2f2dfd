"""What a visit holds: its settings, its address, and what the browser keeps of it."""
