"""Zone statistics computed slowly, in plain Python and whole µs, straight from their definitions.

Nothing here is shared with `heatcli.zones`: times are cut at every bound that occurs, and each of the
resulting moments is looked at for itself.
"""

import itertools
import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np

from heatcli.names import By
from heatcli.select.rows import Rows
from heatcli.shapes import Circle, Shape

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Span = tuple[int, int]
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Seen:
    """One row of `tracks`: somebody in one frame."""

    time_us: int
    dt_us: int
    clip: int
    frame: int
    person: int
    box: Box
    size: tuple[int, int] = (512, 256)
    tracklet: int = 0

    @property
    def trajectory(self) -> tuple[int, int]:
        """Somebody who is in several clips has one in each."""
        return self.clip, self.person


def common(a: Iterable[Span], b: Iterable[Span]) -> list[Span]:
    """Moments in both."""
    pairs = [(max(p[0], q[0]), min(p[1], q[1])) for p in a for q in b]
    return sorted(span for span in pairs if span[0] < span[1])


def length(spans: Iterable[Span]) -> int:
    return sum(end - begin for begin, end in spans)


def own_spans(covered: Sequence[Sequence[Span]], limits: Sequence[Span]) -> list[list[Span]]:
    """Give every covered moment within the limits to the first clip that covers it."""
    cuts = sorted({t for spans in [*covered, limits] for span in spans for t in span})
    own: list[list[Span]] = [[] for _ in covered]
    for moment in itertools.pairwise(cuts):
        if common([moment], limits):
            for clip, spans in enumerate(covered):
                if common([moment], spans):
                    own[clip].append(moment)
                    break
    return own


def as_rows(seen: Sequence[Seen], own: Sequence[Sequence[Span]]) -> Rows:
    """Make the rows that a reader gives for these; rows that count for nothing are left out."""
    weights = {one: length(common([(one.time_us, one.time_us + one.dt_us)], own[one.clip])) for one in seen}
    kept = [one for one in seen if weights[one]]
    kept.sort(key=lambda one: (one.time_us, one.clip, one.frame, one.person))
    trajectories = sorted({one.trajectory for one in kept})
    return Rows(
        person=np.array([one.person for one in kept], np.int64),
        tracklet=np.array(
            [(trajectories.index(one.trajectory) << 32) + one.tracklet for one in kept], np.int64
        ),
        clip=np.array([one.clip for one in kept], np.int32),
        frame=np.array([one.frame for one in kept], np.int32),
        time_us=np.array([one.time_us for one in kept], np.int64),
        weight_us=np.array([weights[one] for one in kept], np.int64),
        boxes=np.array([one.box for one in kept], np.float32).reshape(-1, 4),
        size=np.array([one.size for one in kept], np.int32).reshape(-1, 2),
        filled=np.zeros(len(kept), np.bool_),
    )


@cache
def is_inside(shape: Shape, box: Box, size: tuple[int, int], sample_aspect: float) -> bool:
    """Whether the bottom centre is in the shape, in exact fractions of the decimals that name it."""
    width, height = size
    x1, _, x2, y2 = (Fraction(float(np.float32(value))) for value in box)
    x = min(max((x1 + x2) / 2, Fraction(0)), Fraction(width))
    y = min(max(y2, Fraction(0)), Fraction(height))
    if isinstance(shape, Circle):
        across = (x - exact(shape.x) * width) * exact(sample_aspect)
        down = y - exact(shape.y) * height
        return across**2 + down**2 <= (exact(shape.radius) * width * exact(sample_aspect)) ** 2
    # A point on the far border counts as just inside of it.
    u = x / width if x < width else Fraction(math.nextafter(1, 0))
    v = y / height if y < height else Fraction(math.nextafter(1, 0))
    corners = [(exact(a), exact(b)) for a, b in shape.corners]
    crossings = 0
    for (ax, ay), (bx, by) in itertools.pairwise([*corners, corners[0]]):
        if min(ay, by) <= v < max(ay, by):
            crossings += ax + (v - ay) * (bx - ax) / (by - ay) <= u
    return crossings % 2 == 1


def exact(value: float) -> Fraction:
    """Read a float as the shortest decimal that names it: 0.1 is a tenth."""
    return Fraction(str(value))


def bridged(spans: Iterable[Span], gap_us: int) -> list[Span]:
    """Join spans that are at most a gap apart."""
    joined: list[Span] = []
    for begin, end in sorted(spans):
        if joined and begin - joined[-1][1] <= gap_us:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def percentile(values: Sequence[int], percent: int) -> float:
    """Interpolate linearly between the two values around the place."""
    ordered = sorted(values)
    place = Fraction((len(ordered) - 1) * percent, 100)
    low, high = ordered[math.floor(place)], ordered[math.ceil(place)]
    return float(low + (high - low) * (place - math.floor(place))) / 1e6


def counted_parts(seen: Sequence[Seen], own: Sequence[Sequence[Span]]) -> list[tuple[Seen, Span]]:
    """Find when each row counts: while its clip owns the time."""
    return [
        (one, part)
        for one in seen
        for part in common([(one.time_us, one.time_us + one.dt_us)], own[one.clip])
    ]


def reference(
    counted: Sequence[tuple[Seen, Span]],
    own: Sequence[Sequence[Span]],
    shape: Shape,
    span: Sequence[Span],
    *,
    gap_us: int,
    sample_aspect: float = 1.0,
) -> dict[str, float | int | None]:
    """Compute the fields of a zone over a bucket, but for `activity_pct`.

    Args:
        counted: of all rows of the camera.
        own: of each clip, within the selection.
        shape: of the zone.
        span: the bucket; a stretch does not go on from one of its parts to the next.
        gap_us: what is bridged.
        sample_aspect: of the pixels.
    """
    covered = length(common([s for spans in own for s in spans], span))
    if covered == 0:
        return {"covered_s": 0.0} | dict.fromkeys(FIELDS)
    inside = [(one, part) for one, part in counted if is_inside(shape, one.box, one.size, sample_aspect)]
    present = sum(length(common([part], span)) for _, part in inside)
    in_frame = sum(length(common([part], span)) for _, part in counted)

    # Between two cuts nobody comes or goes.
    cuts = sorted({t for _, part in inside for t in part} | {t for part in span for t in part})
    there: dict[Span, set[int]] = {
        moment: set() for moment in itertools.pairwise(cuts) if common([moment], span)
    }
    for one, (begin, end) in inside:
        for moment in itertools.pairwise(cuts[bisect_left(cuts, begin) : bisect_left(cuts, end) + 1]):
            if moment in there:
                there[moment].add(one.person)
    occupied = [moment for moment, persons in there.items() if persons]
    stretches = [s for part in span for s in bridged(common(occupied, [part]), gap_us)]

    of_person = defaultdict(list)
    for one, part in inside:
        of_person[one.person].append(part)
    stays = [
        end - begin
        for parts in of_person.values()
        for begin, end in bridged(parts, gap_us)
        if any(first <= begin < last for first, last in span)
    ]
    return {
        "covered_s": covered / 1e6,
        "detections_pct": 100 * present / in_frame if in_frame else 0.0,
        "avg_occupancy": present / covered,
        "occupancy_pct": 100 * length(occupied) / covered,
        "longest_occupancy_s": max((end - begin for begin, end in stretches), default=0) / 1e6,
        "max_occupancy": max((len(persons) for persons in there.values()), default=0),
        "tracklets": len({(one.trajectory, one.tracklet) for one, part in inside if common([part], span)}),
        "trajectories": len({one.trajectory for one, part in inside if common([part], span)}),
        "unique_visits": len({one.person for one, part in inside if common([part], span)}),
        "stays": len(stays),
        "median_stay_s": percentile(stays, 50) if stays else None,
        "p90_stay_s": percentile(stays, 90) if stays else None,
    }


FIELDS = (
    *("detections_pct", "avg_occupancy", "occupancy_pct", "longest_occupancy_s", "max_occupancy"),
    *("tracklets", "trajectories", "unique_visits", "stays", "median_stay_s", "p90_stay_s"),
)


def calendar(by: By, first_us: int, last_us: int, zone: ZoneInfo) -> list[tuple[str, list[Span]]]:
    """Divide a period by looking at the wall clock every five minutes, or every half an hour.

    Args:
        by: the unit.
        first_us: of the period.
        last_us: of the period.
        zone: of the clock, whose offsets are multiples of half an hour.

    Returns:
        Label and parts of each bucket, whole units, in the order of the calendar.
    """
    step = 300_000_000 if by is By.FIVE_MINUTES else 1_800_000_000
    begin = first_us // step * step
    while _unit(by, begin - step, zone) == _unit(by, begin, zone):
        begin -= step
    units: list[tuple[str, Span]] = []
    for time in itertools.count(begin, step):
        key = _unit(by, time, zone)
        if units and units[-1][0] == key:
            units[-1] = (key, (units[-1][1][0], time + step))
        elif time >= last_us:
            break
        else:
            units.append((key, (time, time + step)))
    if by in (By.HOUR_OF_DAY, By.DAY_OF_WEEK):
        parts = defaultdict(list)
        for key, span in units:
            parts[key].append(span)
        return [(_label(by, spans[0][0], zone), spans) for _, spans in sorted(parts.items())]
    labels = [_label(by, begin, zone) for _, (begin, _) in units]
    return [
        (f"{label}{key[-6:]}" if labels.count(label) > 1 else label, [span])
        for label, (key, span) in zip(labels, units, strict=True)
    ]


def _local(time_us: int, zone: ZoneInfo) -> datetime:
    return (EPOCH + timedelta(microseconds=time_us)).astimezone(zone)


def _unit(by: By, time_us: int, zone: ZoneInfo) -> str:
    """Name what tells the units around a time apart: where the clock shows an hour twice, its offset too."""
    local = _local(time_us, zone)
    match by:
        case By.FIVE_MINUTES:
            return f"{local:%F %H}:{local.minute // 5}{local.isoformat()[-6:]}"
        case By.HOUR:
            return f"{local:%F %H}{local.isoformat()[-6:]}"
    return local.strftime(
        {By.DAY: "%F", By.WEEK: "%G-%V", By.MONTH: "%Y-%m", By.HOUR_OF_DAY: "%H", By.DAY_OF_WEEK: "%u"}[by]
    )


def _label(by: By, begin_us: int, zone: ZoneInfo) -> str:
    form = {By.FIVE_MINUTES: "%F %H:%M", By.HOUR: "%F %H:%M", By.DAY: "%F", By.WEEK: "%G-W%V"}
    form |= {By.MONTH: "%Y-%m", By.HOUR_OF_DAY: "%H:00", By.DAY_OF_WEEK: "%A"}
    return f"{_local(begin_us, zone):{form[by]}}"
