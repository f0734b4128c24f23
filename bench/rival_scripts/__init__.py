"""What runs inside the rivals' own environments: the scripts that people write instead."""
