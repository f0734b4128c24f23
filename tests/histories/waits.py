"""What the app does not do yet, and who waits for it: steps that are left out, and what the model must not ask for yet.

A line goes when the app has caught up; the reason is said with it.
"""

from collections.abc import Mapping

STEPS: Mapping[str, str] = {}
"""Kinds of steps that are not taken."""

PROMISES: Mapping[str, str] = {
    "awaiting": "who waits for an approval is not looked at again until asked about: the reasons may have changed",
    "stays": "a pair that people made is called Connected by a hub that refused it, once a move is refused",
    "hindered": "a status tag that a lock or a missing role kept out is not written when that is gone, if all is well",
}
"""What the model does not hold against the app."""
