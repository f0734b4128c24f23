"""The only files that import the Azure SDKs."""
