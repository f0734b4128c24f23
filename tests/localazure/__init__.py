"""Starting, watching and ending the local Azure."""
