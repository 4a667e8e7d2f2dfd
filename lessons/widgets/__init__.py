"""What pages are made of: their frame, controls, charts, sliders, predictions, questions."""
