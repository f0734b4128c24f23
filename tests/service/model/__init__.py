"""A seeded model of alarm, lease, rows and deaths, through the real service and adapters."""
