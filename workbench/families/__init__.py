"""What several designs of one library share: vocabulary, the provider plug-in's half, reading.

A design may use a family; designs never use each other. A family is a folder here; it knows no design.
"""
