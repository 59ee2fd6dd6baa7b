"""Mails written for one reader: one module for each kind of mail."""
