"""The lines of a reply: which are the reader's, which are quoted, which a program added."""
