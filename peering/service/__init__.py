"""The story of a request, top to bottom: handle, drain, settle, conclude."""
