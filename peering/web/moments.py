"""A time that somebody sends, in a body or in a parameter."""

from datetime import UTC, datetime


def read_moment(text: str) -> datetime | None:
    """A time in ISO 8601 with its offset, in UTC; None for what is none, or has no place in UTC's own calendar."""
    try:
        when = datetime.fromisoformat(text)
        return when.astimezone(UTC) if when.utcoffset() is not None else None
    except (ValueError, OverflowError):
        return None
