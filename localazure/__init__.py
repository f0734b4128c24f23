"""The local Azure: what the app meets on a laptop instead of the cloud. Never deployed."""
