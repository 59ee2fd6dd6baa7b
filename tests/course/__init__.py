"""The built-in course: its words, checked against the rules it was written by."""
