"""What makes a release of the sources. Never deployed itself."""
