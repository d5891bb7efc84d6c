"""Measures what a streaming API keeps and loses of what a provider sent.

A known meaning goes in at one end as provider bytes; what a user of an API can know is read at the other; the two are
compared. `workbench.cli` is the command line, and `workbench.harness` what it drives.
"""

__version__ = "0.1.0"
