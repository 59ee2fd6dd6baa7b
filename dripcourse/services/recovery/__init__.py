"""Backups, adopting a restored database, and changing its keys."""
