"""Replaying recordings of real Azure traffic against the running emulator."""
