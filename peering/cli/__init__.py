"""`python -m peering …`: what an engineer does with Autopeer from a shell."""
