"""The Functions host, as processes and in parts."""
