"""What must come of any history, said from the design and not from the code: it imports nothing of the app."""
