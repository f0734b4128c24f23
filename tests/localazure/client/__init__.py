"""What uses a local Azure that runs."""
