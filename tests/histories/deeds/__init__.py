"""What is done to the estate, each with the number of a spoke or hub and a number for its form."""
