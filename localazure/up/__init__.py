"""`python -m localazure up`: the parts of a local Azure as processes, started, introduced to each other, and ended."""
