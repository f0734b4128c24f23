"""What holds for every test: property tests draw the same examples on every run, and few of them."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "steady", derandomize=True, max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")
