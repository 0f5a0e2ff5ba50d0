"""Cameras as the page carries them: numbers in columns, as few bytes as they take.

A camera is one JSON object with the fields that `pack_cameras` names. `data` is base64 of a zlib stream of
bytes: the columns listed in `columns`, one after the other, as whole numbers. Each number is zigzag encoded
(0, -1, 1, -2, … become 0, 1, 2, 3, …), then LEB128: seven bits per byte from the lowest up, with the top bit
set in all bytes but the last. A column of order 1 holds first differences, x[i] - x[i - 1], one of order 2
the differences of these; values before the first count as 0. Times are µs.

| column | order | one for each | value |
|---|---|---|---|
| `piece_selected` | 0 | piece of time | time in it that was asked for; pieces follow each other |
| `piece_covered` | 0 | | time asked for in it that was watched |
| `piece_wall` | 1 | | local time at which its hour begins, in minutes since 1970 by that clock |
| `piece_offset` | 1 | | offset of that clock from UTC, in minutes |
| `piece_bucket` | 1 | | index into `buckets` |
| `piece_moments` | 0 | | number of moments in it |
| `moment_gap` | 0 | moment | time since the end of the moment before; of the first, since 1970, UTC |
| `moment_length` | 0 | | length of the moment |
| `moment_lead` | 0 | | time by which its rows begin earlier |
| `person_reason` | 0 | person | 0: counts; else an outlier, 1 + index into `reasons` |
| `run_person` | 1 | run | index of the person |
| `run_moment` | 1 | | moment of its first row; each further row is in the next moment |
| `run_rows` | 0 | | number of rows |
| `run_size` | 0 | | index into `sizes` |
| `knot_rows` | 0 | knot | rows to the next knot, evenly spaced on the line to it; 1 for a run's last knot |
| `knot_x` | 2 | | x in steps of 1 / `steps_per_pixel` stored pixels |
| `knot_y` | 2 | | y in the same steps |
| `crossing_line` | 1 | crossing of a line | index of the line |
| `crossing_person` | 0 | | index of the person |
| `crossing_to_right` | 0 | | 1 from the left to the right of the line, else 0 |
| `crossing_left` | 1 | | piece of time in which the person was last seen on the side before |
| `crossing_sure` | 1 | | piece of time in which the person was first seen on the new side for good |

A moment is a stretch of time whose rows begin and end together; moments do not overlap, and none is in two
pieces. A run is what one person does from moment to moment without an absence, within one piece and one size
of frame. Runs are sorted by person and moment.
"""

import zlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heatcli.report.page.pieces import Pieces
from heatcli.report.page.points import PagePeople
from heatcli.report.page.thin import fitted, knots_of, most_knots
from heatcli.report.page.tracks import Tracks
from heatcli.select.who_counts import OUTLIERS
from heatcli.zones.buckets import Buckets

SCHEMA = 2
"""Version of the columns and fields; the page refuses any other."""

# Up to this many points the page carries what is stored: the boxes' float32 are hardly finer in a frame of
# 1000 pixels.
_EXACT_POINTS = 200_000
_EXACT_STEPS = 4096

# With more points, steps of 1/64 pixel: nobody's place is known so exactly, but half of the stays in a small
# circle are so short that one frame more or less is several percent of them.
_FINE_STEPS = 64

# At some three bytes each, this many points make 8 MB. Where there are more, paths are thinned to a number of
# points per second.
_MOST_POINTS = 2_000_000
_RATES = (2.0, 1.0, 0.5)

# Numbers that are written at once: their arrays stay in the processor's caches.
_NUMBERS_AT_ONCE = 1 << 16


@dataclass(frozen=True, slots=True)
class PageCamera:
    """A camera that the page shows.

    Attributes:
        people: people of the camera, and what they did.
        buckets: buckets of its charts, none of which recurs; they contain all covered time.
    """

    people: PagePeople
    buckets: Buckets


def pack_cameras(cameras: Sequence[PageCamera]) -> list[dict[str, object]]:
    """Pack the data that the page computes from.

    Args:
        cameras: all cameras of one page: how many points each may have depends on how many all have.

    Returns:
        For each camera the object that `unpack.js` reads, ready for JSON: `schema`, `camera`, `timezone`,
        `width`, `height`, `sample_aspect`, `tracking_mode`, `covered_us`, `rows` (number of stored
        positions), `points` (number of those carried), `points_per_second` (None where all are carried),
        `steps_per_pixel`, `is_exact` (whether the points are the stored ones), `people`, `reasons`, `sizes`
        (width and height in stored pixels), `buckets` (`label`, `begin`, `end`, local time with its offset),
        `views` (name to ranges of pieces of time, each [from, to)), `columns` (name, number of values and
        order) and `data`.
    """
    # The tracks of one camera at a time: those of all take too much memory.
    counts = [_points_at_rates(camera.people.tracks) for camera in cameras]
    rows, *at_rates = (sum(of_rate) for of_rate in zip(*counts, strict=True)) if counts else (0,)
    steps = _EXACT_STEPS if rows <= _EXACT_POINTS else _FINE_STEPS
    rate = None
    if rows > _MOST_POINTS:
        few = (rate for rate, points in zip(_RATES, at_rates, strict=True) if points <= _MOST_POINTS)
        rate = next(few, _RATES[-1])
    return [_packed(camera, rate, steps) for camera in cameras]


def _points_at_rates(tracks: Tracks) -> list[int]:
    """Return the number of points of a camera: of all that are stored, and of as many as each rate leaves."""
    return [len(tracks.points), *(int(most_knots(tracks, rate).sum()) for rate in _RATES)]


def _packed(camera: PageCamera, rate: float | None, steps: int) -> dict[str, object]:
    """Pack one camera, with its paths thinned to a rate in points per second; None keeps all points."""
    pieces, tracks = camera.people.pieces, camera.people.tracks
    if rate is None:
        # Down: edges of cells and of the frame mostly lie on whole steps, and nobody is to come over one.
        knots, places = np.arange(len(tracks.points)), np.floor(tracks.points * steps)
    else:
        knots = knots_of(tracks, most_knots(tracks, rate))
        places = np.rint(fitted(tracks, knots) * steps)
    columns = _columns(pieces, tracks, knots, places.astype(np.int64))
    columns |= _crossings(camera.people, tracks)
    data = b"".join(
        _numbers(np.diff(values, order, prepend=[0] * order)) for values, order in columns.values()
    )
    selection = camera.people.camera
    return {
        "schema": SCHEMA,
        "camera": selection.name,
        "timezone": selection.timezone,
        "width": selection.width,
        "height": selection.height,
        "sample_aspect": selection.sample_aspect,
        "tracking_mode": str(selection.tracking_mode),
        "covered_us": selection.covered_us,
        "rows": len(tracks.points),
        "points": len(knots),
        "points_per_second": rate,
        "steps_per_pixel": steps,
        "is_exact": rate is None and steps == _EXACT_STEPS,
        "people": len(tracks.reason),
        "reasons": [str(reason) for reason in OUTLIERS],
        "sizes": tracks.sizes.tolist(),
        "buckets": [
            {
                "label": bucket.label,
                "begin": bucket.begin.isoformat() if bucket.begin else None,
                "end": bucket.end.isoformat() if bucket.end else None,
            }
            for bucket in camera.buckets.buckets
        ],
        "views": pieces.views,
        "columns": [[name, len(values), order] for name, (values, order) in columns.items()],
        "data": b64encode(zlib.compress(data, 9)).decode(),
    }


def _columns(
    pieces: Pieces, tracks: Tracks, knots: NDArray[np.intp], places: NDArray[np.int64]
) -> dict[str, tuple[NDArray[np.int64], int]]:
    """Return the columns by name: (n,) int64 values, and the order of their differences."""
    return {
        "piece_selected": (pieces.selected_us, 0),
        "piece_covered": (pieces.covered_us, 0),
        "piece_wall": (pieces.wall_min, 1),
        "piece_offset": (pieces.offset_min, 1),
        "piece_bucket": (pieces.bucket, 1),
        "piece_moments": (tracks.moments, 0),
        "moment_gap": (np.diff(tracks.begin_us, prepend=0) - np.append(0, _lengths(tracks))[:-1], 0),
        "moment_length": (_lengths(tracks), 0),
        "moment_lead": (tracks.lead_us, 0),
        "person_reason": (tracks.reason, 0),
        "run_person": (tracks.person, 1),
        "run_moment": (tracks.first_moment, 1),
        "run_rows": (tracks.counts, 0),
        "run_size": (tracks.size, 0),
        "knot_rows": (np.diff(np.append(knots, len(tracks.points))), 0),
        "knot_x": (places[:, 0], 2),
        "knot_y": (places[:, 1], 2),
    }


def _crossings(people: PagePeople, tracks: Tracks) -> dict[str, tuple[NDArray[np.int64], int]]:
    """Return the columns of crossings by name, as `_columns` does."""
    found, begins = people.crossings, people.pieces.bounds_us[:, 0]

    def joined(field: str) -> NDArray[np.int64]:
        return np.concatenate([np.zeros(0, np.int64), *(getattr(one, field) for one in found)])

    def piece_at(time_us: NDArray[np.int64]) -> NDArray[np.int64]:
        # A row may begin before the period, which then cuts it.
        return np.maximum(np.searchsorted(begins, time_us, side="right") - 1, 0)

    return {
        "crossing_line": (np.repeat(np.arange(len(found)), [len(one.person) for one in found]), 1),
        "crossing_person": (np.searchsorted(tracks.number, joined("person")), 0),
        "crossing_to_right": (joined("to_right").astype(np.int64), 0),
        "crossing_left": (piece_at(joined("left_us") - 1), 1),
        "crossing_sure": (piece_at(joined("sure_us")), 1),
    }


def _lengths(tracks: Tracks) -> NDArray[np.int64]:
    """(m,) length of each moment in µs."""
    return tracks.end_us - tracks.begin_us


def _numbers(values: NDArray[np.int64]) -> bytes:
    """Write whole numbers as bytes: zigzag, then LEB128."""
    parts = range(0, len(values), _NUMBERS_AT_ONCE)
    return b"".join(_bytes_of(values[begin : begin + _NUMBERS_AT_ONCE]) for begin in parts)


def _bytes_of(values: NDArray[np.int64]) -> bytes:
    left = ((values << 1) ^ (values >> 63)).astype(np.uint64)
    lengths = np.ones(len(left), np.int64)
    for bits in range(7, 64, 7):
        lengths += left >= 1 << bits
    place = np.cumsum(lengths) - lengths
    found = np.zeros(lengths.sum(), np.uint8)
    for nth in range(lengths.max(initial=0)):
        there = np.flatnonzero(lengths > nth)
        low = (left[there] >> (7 * nth)) & 127
        found[place[there] + nth] = np.where(lengths[there] > nth + 1, low + 128, low)
    return found.tobytes()
