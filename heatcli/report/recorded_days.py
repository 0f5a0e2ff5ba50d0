"""The days on which something was recorded."""

from collections.abc import Iterable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from heatcli.clock import local_time
from heatcli.store.holdings import Watched


def recorded_days(cameras: Iterable[Watched]) -> list[date]:
    """Return the days, on the clocks of the cameras, on which any of them recorded something; ascending."""
    days: set[date] = set()
    for camera in cameras:
        zone = ZoneInfo(camera.timezone)
        for begin, end in camera.covered.bounds.tolist():
            first, last = local_time(begin, zone).date(), local_time(end - 1, zone).date()
            days.update(first + timedelta(number) for number in range((last - first).days + 1))
    return sorted(days)
