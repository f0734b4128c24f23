"""Asking Azure, with the local one in its place."""
