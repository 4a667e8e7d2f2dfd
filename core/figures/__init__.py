"""Every chart: its tables, its specification, its facts and its numbers, in a register.

``palette`` has the colours, and what each means. The words of a chart are in
``core/words/…/figures.md``.
"""
