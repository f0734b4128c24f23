"""What is released: the zip, and the zip alone."""
