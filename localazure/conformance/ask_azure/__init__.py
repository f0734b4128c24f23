"""`python -m localazure.conformance azure`: asks the real Azure what the emulator assumes of it."""
