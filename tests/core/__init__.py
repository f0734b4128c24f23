"""The pure core: decisions as tables."""
