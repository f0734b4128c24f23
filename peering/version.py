"""The version of what runs here. pyproject.toml is not deployed, so a test holds the two equal."""

VERSION = "0.1.0"
