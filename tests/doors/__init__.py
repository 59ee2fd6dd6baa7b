"""The doors that mail comes in by, each with a real client at the other end."""
