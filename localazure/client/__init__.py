"""What stands outside of a local Azure and uses it: start one, read its ready file, ask its ARM, point `az` at it."""
