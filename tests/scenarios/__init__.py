"""Whole-site scenarios: real clients against a whole server."""
