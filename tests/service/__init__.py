"""The story of a request, over the fakes."""
