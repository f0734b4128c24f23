"""What runs inside the clients' own environments; each prints a line of JSON for each operation."""
