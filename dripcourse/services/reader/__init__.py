"""The reader's own page, as values."""
