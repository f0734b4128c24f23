"""`make conformance`: the real Azure CLI, unchanged, as an app team would use it, against a local Azure."""
