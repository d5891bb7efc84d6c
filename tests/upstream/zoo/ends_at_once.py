"""Ends before it says a word."""

from __future__ import annotations

import sys

sys.stdout.write("nothing to do\n")
sys.exit(0)
