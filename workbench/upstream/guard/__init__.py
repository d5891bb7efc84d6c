"""What is put into the Python programs that drivers run in; see `sitecustomize`. The harness imports none of it."""
