"""The readers' own words: stored sealed, written and read by their reader, shared, moved, deleted."""
