"""Benchmarks: programs that run both sides in one run and print ratios. Counts come first: they have no noise."""
