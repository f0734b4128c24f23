"""What the app does not do yet, and who waits for it: steps that are left out, and what the model must not ask for yet.

A line goes when the app has caught up; the reason is said with it.
"""

from collections.abc import Mapping

STEPS: Mapping[str, str] = {}
"""Kinds of steps that are not taken."""

PROMISES: Mapping[str, str] = {}
"""What the model does not hold against the app."""
