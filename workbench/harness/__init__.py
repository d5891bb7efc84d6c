"""Runs subjects over fixtures, judges what they showed, and writes results; it names no plugin.

- `adapt`: deltas through an adapter, to native JSON.
- `observe`: native JSON through a design's reader, to a trace.
- `proof`: holds `carries` tables against the dyes that were found.
- `judge`: a trace against the clauses, to cells.
- `run`: all subjects, all bodies, all clauses, to result files.
- `catalogue`: the texts of clauses, designs and fixtures, for pages.
"""
