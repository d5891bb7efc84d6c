"""Drivers: one small program per library, each run by the Python of a release's environment.

Rules:
1. A driver imports the standard library and the library under test; nothing of workbench, and no other driver.
2. Nothing in workbench imports a driver.
3. `specs/driver-protocol.md` says what a driver has to do; `echo.py` is the smallest one.
"""
