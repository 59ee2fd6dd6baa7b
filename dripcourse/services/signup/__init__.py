"""The double opt-in: a request, its confirmation, and the change of an address."""
