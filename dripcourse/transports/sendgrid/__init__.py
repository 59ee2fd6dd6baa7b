"""Everything that knows SendGrid's API: sending, and auditing an account."""
