"""One suite for each port, run on its fake and on its adapter."""
