"""The demo: its clock, its mail program, its page, and the whole story as a stranger plays it."""
