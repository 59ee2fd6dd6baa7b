"""The host's view of readers and deliveries."""
