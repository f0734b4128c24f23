"""What comes in: events and messages, and the one thing every door makes of them, a request."""
