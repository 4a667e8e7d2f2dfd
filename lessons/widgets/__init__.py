"""What pages are made of: the frame of a page, controls, charts, sliders, predictions, questions."""
