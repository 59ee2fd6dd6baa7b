"""Sending: claim, mark, send, record, settle; and what providers report afterwards."""
