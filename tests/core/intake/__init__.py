"""Mirrors peering/core/intake."""
