"""`make demo`: a short story about one hub and five spokes, played on a local Azure of its own."""
