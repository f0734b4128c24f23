"""Mirrors peering/cli."""
