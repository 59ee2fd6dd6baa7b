"""Reading mail: bytes in, values out. No I/O, no clock, no chance; it never raises and never hangs, on any bytes."""
