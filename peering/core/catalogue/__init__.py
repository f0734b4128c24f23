"""The hubs that exist and the policy of each, read from `hubs.toml` with all its faults reported together."""
