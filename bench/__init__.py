"""`make bench`: measurements as ratios within one run, because machines differ and are noisy."""
