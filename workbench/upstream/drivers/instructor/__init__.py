"""The driver of Instructor. It is run as a folder, `python …/drivers/instructor 5 6`, and never imported."""
