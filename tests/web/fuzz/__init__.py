"""Requests that nobody means well, a million of them if one likes, and what no answer to any may be."""
