"""Pure values and rules: no I/O, no clock, no chance, no framework. `now` is always an argument."""
