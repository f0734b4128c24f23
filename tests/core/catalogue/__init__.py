"""Mirrors peering/core/catalogue."""
