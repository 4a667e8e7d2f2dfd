"""Every chart, in a register: its data tables, Vega-Lite specification, facts and numbers table.

``palette`` has the colours, and what each means. The texts of a chart are in
``core/words/…/figures.md``.
"""
