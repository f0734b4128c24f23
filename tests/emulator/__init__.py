"""Tests of the local Azure's emulator."""
