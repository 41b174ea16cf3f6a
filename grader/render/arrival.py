"""When a submission came."""

from __future__ import annotations

from datetime import UTC, datetime

from grader.render.worth import Worth


def arrival(one: Worth) -> datetime | None:
    """When it came, by a gradebook, which keeps UTC without saying so; None where nobody knows."""
    try:
        found = datetime.fromisoformat(one.timestamp)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
