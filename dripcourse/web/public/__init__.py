"""Pages without a token: sign-up, confirmation, support, privacy, health."""
