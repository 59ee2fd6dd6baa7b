"""Courses from files, and the mails made from them. Reads files when it loads; once loaded it only renders."""
