"""Faults that the tests must catch, kept as patches."""
