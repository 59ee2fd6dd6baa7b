"""One reader in one course: enrolling, dates, preferences, pausing, leaving, and why an address is not written to."""
