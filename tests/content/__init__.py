"""Courses and mails."""
