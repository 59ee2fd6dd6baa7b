"""The tests. `python -m tests` runs them all; the folders mirror the rooms of the house."""
