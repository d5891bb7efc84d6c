"""Describes itself with a key that the protocol does not have, and without a variant."""

from __future__ import annotations

import json
import os
import sys

question = json.loads(os.fdopen(int(sys.argv[1])).readline())
line = {"hello": 1, "nonce": question["nonce"], "driver": {"library": "odd", "colour": "red"}}
os.write(int(sys.argv[2]), json.dumps(line).encode() + b"\n")
