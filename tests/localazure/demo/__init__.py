"""The play: its second act."""
