"""Azurite, Microsoft's storage emulator: installed by npm from the lock file here and run as a process of its own."""
