"""Pieces of time: any hours, days or saved view that the page may be asked for is a set of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from heatcli.intervals import Intervals
from heatcli.names import By
from heatcli.zones.buckets import Buckets, buckets_of


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """A period, cut wherever a filter of time may cut it: at each hour, bucket and limit of a view.

    Attributes:
        bounds_us: (k, 2) int64 beginning and end of each piece, UTC µs, without gaps between pieces.
        selected_us: (k,) int64 selected time in each piece, in µs.
        covered_us: (k,) int64 selected time in each piece that was watched, in µs.
        wall_min: (k,) int64 local time at which the hour of each piece begins, minutes since 1970 by that
            clock.
        offset_min: (k,) int64 offset of that clock from UTC, in minutes.
        bucket: (k,) int64 index of each piece's bucket among those of the period.
        views: pieces that each saved view selects, as ranges [from, to) of their indices.
    """

    bounds_us: NDArray[np.int64]
    selected_us: NDArray[np.int64]
    covered_us: NDArray[np.int64]
    wall_min: NDArray[np.int64]
    offset_min: NDArray[np.int64]
    bucket: NDArray[np.int64]
    views: dict[str, list[list[int]]]


def pieces_of(
    buckets: Buckets,
    *,
    selected: Intervals,
    covered: Intervals,
    zone: ZoneInfo,
    views: Mapping[str, Intervals],
) -> Pieces:
    """Cut a period into pieces.

    Args:
        buckets: buckets of the period, none of which recurs; a period without any has no pieces.
        selected: time that was asked for, UTC µs.
        covered: time that was watched, UTC µs; all of it is in the buckets.
        zone: time zone of the camera.
        views: selected time of saved views, UTC µs; what is outside the buckets is ignored.
    """
    if not len(buckets.bounds_us):
        nothing = np.zeros(0, np.int64)
        none: dict[str, list[list[int]]] = {name: [] for name in views}
        return Pieces(np.zeros((0, 2), np.int64), nothing, nothing, nothing, nothing, nothing, none)
    first, last = int(buckets.bounds_us[0, 0]), int(buckets.bounds_us[-1, 1])
    hours = buckets_of(By.HOUR, covered=covered, zone=zone, begin_us=first, end_us=last)
    limits = [view.bounds.ravel() for view in views.values()]
    cuts = np.unique(np.concatenate([hours.bounds_us.ravel(), buckets.bounds_us.ravel(), *limits]))
    cuts = cuts[(cuts >= first) & (cuts <= last)]
    begin, end = cuts[:-1], cuts[1:]
    begins = [bucket.begin for bucket in hours.buckets if bucket.begin is not None]
    wall_min = np.array([time.replace(tzinfo=UTC).timestamp() for time in begins], np.int64) // 60
    utc_min = np.array([time.timestamp() for time in begins], np.int64) // 60
    of_hour = np.searchsorted(hours.bounds_us[:, 0], begin, side="right") - 1
    return Pieces(
        bounds_us=np.column_stack([begin, end]),
        selected_us=selected.overlap_us(begin, end - begin),
        covered_us=covered.overlap_us(begin, end - begin),
        wall_min=wall_min[of_hour],
        offset_min=(wall_min - utc_min)[of_hour],
        bucket=buckets.bucket[np.searchsorted(buckets.bounds_us[:, 0], begin, side="right") - 1],
        views={name: _ranges(view.contains(begin)) for name, view in views.items()},
    )


def _ranges(chosen: NDArray[np.bool_]) -> list[list[int]]:
    """Return the runs of True as ranges [from, to)."""
    places = np.flatnonzero(chosen)
    ranges: list[list[int]] = Intervals.of(np.column_stack([places, places + 1])).bounds.tolist()
    return ranges
