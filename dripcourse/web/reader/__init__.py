"""The reader's own pages, opened by a token from a mail."""
