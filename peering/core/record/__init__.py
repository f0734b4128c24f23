"""What is known of a spoke: its row, how a row goes from state to state, and how it is shown."""
