"""What clients are asked, and how their answers are judged."""
