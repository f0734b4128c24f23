"""Autopeer: keeps tagged virtual networks peered with their hubs."""
