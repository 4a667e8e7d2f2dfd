"""The state of a visit: its settings, its address, and what the browser stores of it."""
