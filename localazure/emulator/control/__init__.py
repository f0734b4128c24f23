"""The control endpoint: what tests and benchmarks ask of the emulator, on plain http and without a token."""
