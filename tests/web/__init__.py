"""Mirrors peering/web."""
