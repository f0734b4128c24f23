"""The door to storage: what passes, and what goes wrong."""
