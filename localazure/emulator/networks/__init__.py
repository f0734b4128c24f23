"""The state machine: virtual networks, their peerings and what hangs on them. It knows no HTTP and no server."""
