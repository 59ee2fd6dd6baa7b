"""Stand-ins that ship: what a provider does, on this machine, for tests and trials."""
