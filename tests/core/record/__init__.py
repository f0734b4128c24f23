"""Mirrors peering/core/record."""
