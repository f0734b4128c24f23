"""The documents, held to the code and to each other."""
