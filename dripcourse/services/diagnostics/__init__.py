"""The state of an installation: what needs the host, health, and the evidence for what the privacy page claims."""
