"""The command line, as a host types it."""
