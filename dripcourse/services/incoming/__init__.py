"""Incoming mail: store, process, identify, route, and answer."""
