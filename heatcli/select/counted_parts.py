"""When selected rows count: their weights as stretches of time. Pure arrays."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from heatcli.intervals import Intervals, cut
from heatcli.select.rows import Rows


def counted_parts(
    rows: Rows, owned_time: Sequence[Intervals]
) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.int64]]:
    """Find when each row counts: the first `weight_us` of its clip's owned time from the row's time on.

    Args:
        rows: batch of selected rows of one camera.
        owned_time: time that each clip owns, UTC µs: `SelectedCamera.owned_time`.

    Returns:
        Index of the row, start and end in UTC µs of each part, sorted by start and row.
    """
    clip = np.repeat(np.arange(len(owned_time)), [len(one.bounds) for one in owned_time])
    bounds = np.concatenate([one.bounds for one in owned_time])
    order = np.argsort(bounds[:, 0])
    clip, bounds = clip[order], bounds[order]

    begin, end = rows.time_us, rows.time_us + rows.weight_us
    at = np.searchsorted(bounds[:, 0], begin, side="right") - 1
    whole = (at >= 0) & (clip[at] == rows.clip) & (end <= bounds[at, 1])
    row = np.flatnonzero(whole)
    parts = [(row, begin[row], end[row])]
    others = np.flatnonzero(~whole)
    for one in np.unique(rows.clip[others]):
        row = others[rows.clip[others] == one]
        piece, begin, end = _along(owned_time[one].bounds, rows.time_us[row], rows.weight_us[row])
        parts.append((row[piece], begin, end))
    row, begin, end = (np.concatenate(values) for values in zip(*parts, strict=True))
    if len(others):
        order = np.lexsort((row, begin))
        row, begin, end = row[order], begin[order], end[order]
    return row, begin, end


def _along(
    bounds: NDArray[np.int64], time_us: NDArray[np.int64], weight_us: NDArray[np.int64]
) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.int64]]:
    """Find the first `weight_us` of a set of intervals after each time: index of the time, start and end."""
    # On a clock that stands still between the intervals, each weight is one stretch of time.
    clock = np.concatenate([[0], np.cumsum(bounds[:, 1] - bounds[:, 0])])
    first = np.searchsorted(bounds[:, 1], time_us, side="right")
    since = clock[first] + np.maximum(time_us - bounds[first, 0], 0)
    piece, interval, begin, end = cut(since, since + weight_us, np.column_stack([clock[:-1], clock[1:]]))
    shift = (bounds[:, 0] - clock[:-1])[interval]
    return piece, begin + shift, end + shift
