"""Orders and plain wishes in a reply, with their words in every language."""
