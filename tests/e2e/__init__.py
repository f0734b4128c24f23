"""The whole thing as processes, seen from outside."""
