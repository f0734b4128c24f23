"""`make conformance`: clients that nobody here wrote, unchanged, against a local Azure: operation by client."""
