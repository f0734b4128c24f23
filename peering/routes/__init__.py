"""What the routes of HTTP answer: convert, call one function, convert back. Loaded by the first HTTP request."""
