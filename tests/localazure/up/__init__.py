"""The parts of a local Azure, and how they are started and ended."""
