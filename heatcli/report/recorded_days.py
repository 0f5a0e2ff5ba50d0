"""The days on which something was recorded, and what is said of them."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from heatcli.clock import local_time
from heatcli.store.holdings import Watched

# Stretches of days that are named; of more, the first and the last.
_NAMED = 4


def recorded_days(cameras: Iterable[Watched]) -> list[date]:
    """Return the days, on the clocks of the cameras, on which any of them recorded something; ascending."""
    days: set[date] = set()
    for camera in cameras:
        zone = ZoneInfo(camera.timezone)
        for begin, end in camera.covered.bounds.tolist():
            first, last = local_time(begin, zone).date(), local_time(end - 1, zone).date()
            days.update(first + timedelta(number) for number in range((last - first).days + 1))
    return sorted(days)


def days_text(days: Sequence[date]) -> str:
    """Name days, ascending, as stretches without a gap: `2026-03-02 to 2026-03-08, 2026-03-14`."""
    if not days:
        return "no days"
    ends = [number for number, (a, b) in enumerate(pairwise(days), start=1) if b - a > timedelta(1)]
    stretches = [
        (days[begin], days[end - 1]) for begin, end in zip([0, *ends], [*ends, len(days)], strict=True)
    ]
    if len(stretches) > _NAMED:
        return f"{len(days)} days from {days[0]} to {days[-1]}"
    return ", ".join(f"{first}" if first == last else f"{first} to {last}" for first, last in stretches)
