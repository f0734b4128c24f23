"""Mirrors peering/core/decision."""
