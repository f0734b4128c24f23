"""ARM on the wire: paths, headers and bodies, without a server."""
