"""What the app does not do yet, and who waits for it: steps that are left out, and what the model must not ask for yet.

A line goes when the app has caught up; the reason is said with it.
"""

from collections.abc import Mapping

STEPS: Mapping[str, str] = {}
"""Kinds of steps that are not taken."""

PROMISES: Mapping[str, str] = {
    "wiped": "a status tag that was wiped comes back with telling (issue 9, item 7) and with the sweep",
    "catalogue": "what an edit of the catalogue means for a pair that stands is told once the sweep asks about it",
    "hindered": "a status tag that a lock or a missing role kept out is written when that is gone (issue 9, item 7)",
    "left over": "a status tag is removed when nothing is left to say: telling (issue 9, item 7)",
}
"""What the model does not hold against the app."""
