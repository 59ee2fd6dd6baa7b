"""The database: its schema, its promises, its troubles."""
