"""What each line of docs/security.md promises, shown."""
