"""Deployment as code, checked without Azure."""
