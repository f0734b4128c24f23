"""HTTP bodies: what comes in and goes out, as plain dictionaries and statuses."""
