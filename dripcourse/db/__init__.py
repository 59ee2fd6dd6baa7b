"""The tables, their named queries, and the two ways to open them. No rules live here."""
