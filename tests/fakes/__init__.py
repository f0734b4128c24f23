"""One in-memory implementation of each port, held to the same contract suites as the real adapters."""
