"""Stays when it was said goodbye to."""

from __future__ import annotations

import time

from _keeper import answer_well, serve

serve(answer_well)
time.sleep(3600)
