"""The way to real packages: releases as data, their environments, replay of bodies, and the protocol with drivers.

Rules:
1. Nothing here knows designs or clauses: what a release shows crosses the seam as JSON.
2. A library is one file in `data/` with its releases, and one hashed lock per release in `locks/`; both are found by
   looking into the folders, so a library more edits nothing.
3. What a machine lacks (an interpreter, an installed environment, an index that answers) is a value that says why, so
   that it can stand in a result as the reason for *not-run*; it is no exception.
"""
