"""Mirrors peering/core/network."""
