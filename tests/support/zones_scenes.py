"""Small scenes with people in zones, and their statistics held against the reference."""

import itertools
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import pytest

from heatcli.clock import epoch_us, time_zone
from heatcli.intervals import Intervals
from heatcli.select.rows import Rows
from heatcli.shapes import Circle, Polygon, Zone
from heatcli.zones.buckets import Buckets
from heatcli.zones.statistics import Figures, ZoneFigures, ZoneStatistics
from tests.support.aggregation import camera_of, fed
from tests.support.zones_reference import Box, Seen, Span, as_rows, counted_parts, own_spans, reference

ZAGREB = time_zone("Europe/Zagreb")
ALWAYS = [(-(2**60), 2**60)]
SECOND = 1_000_000

# The frame is 512 x 256. On the rim of the circle and on the edges of the polygons there are people too.
ZONES = [
    Zone("circle", Circle(0.5, 0.5, 0.125)),
    Zone("square", Polygon(((0.25, 0.25), (0.5, 0.25), (0.5, 0.75), (0.25, 0.75)))),
    Zone("kite", Polygon(((0.5, 0.0), (1.0, 0.5), (0.5, 1.0), (0.625, 0.5)))),
]
PLACES = [
    (256, 128),
    (320, 128),
    (256, 64),
    (128, 64),
    (200, 100),
    (320, 160),
    (512, 128),
    (500, 250),
    (0, 0),
]


def us(text: str) -> int:
    return epoch_us(datetime.fromisoformat(text).replace(tzinfo=UTC))


@dataclass(frozen=True)
class Scene:
    """What one camera saw.

    Attributes:
        covered: of each clip, in the order of ownership.
        limits: of the selection.
        seen: everybody.
    """

    covered: list[list[Span]]
    limits: list[Span]
    seen: list[Seen]

    @property
    def own(self) -> list[list[Span]]:
        return own_spans(self.covered, self.limits)


def at(place: tuple[int, int]) -> Box:
    """Make a box whose bottom centre is there."""
    x, y = place
    return x - 8.0, y - 40.0, x + 8.0, float(y)


def batches_of(rows: Rows, cuts: Sequence[int]) -> list[Rows]:
    """Cut rows into batches, some of them empty."""
    ends = [0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)]
    columns = [getattr(rows, name) for name in Rows.__dataclass_fields__]
    return [Rows(*(column[begin:end] for column in columns)) for begin, end in itertools.pairwise(ends)]


def statistics(
    scene: Scene,
    zones: Sequence[Zone] = ZONES,
    *,
    buckets: Buckets | None = None,
    cuts: Sequence[int] = (),
    sample_aspect: float = 1.0,
) -> tuple[ZoneStatistics, ...]:
    camera = camera_of([Intervals.of(spans) for spans in scene.own], sample_aspect=sample_aspect)
    batches = batches_of(as_rows(scene.seen, scene.own), cuts)
    return fed(ZoneFigures(camera, zones, buckets), batches).result()


def same(figures: Figures, wanted: dict[str, float | int | None]) -> None:
    """Compare to the last few bits: both are computed from whole µs."""
    found = asdict(figures)
    assert {name for name, value in found.items() if value is None} == {
        name for name, value in wanted.items() if value is None
    }
    numbers = {name: value for name, value in wanted.items() if value is not None}
    assert {name: found[name] for name in numbers} == pytest.approx(numbers, rel=1e-12, abs=0)


def check(found: ZoneStatistics, scene: Scene, spans: list[list[Span]], **kw: float) -> None:
    """Compare with the reference, over the period and each bucket."""
    counted = counted_parts(scene.seen, scene.own)
    total, *parts = (
        reference(counted, scene.own, found.zone.shape, span, gap_us=2 * SECOND, **kw)
        for span in [ALWAYS, *spans]
    )
    rates = [part["avg_occupancy"] for part in parts]
    busiest = max((rate for rate in rates if rate is not None), default=0.0)
    expected = [
        part | {"activity_pct": None if rate is None else 100 * rate / busiest if busiest else 0.0}
        for part, rate in zip(parts, rates, strict=True)
    ]
    same(found.total, total | {"activity_pct": None})
    assert len(found.buckets) == len(expected)
    for one, wanted in zip(found.buckets, expected, strict=True):
        same(one, wanted)
    # To the last bit: what is a hair above it doubles the axis of a chart.
    assert max((one.activity_pct or 0.0 for one in found.buckets), default=0.0) in (0.0, 100.0)
    assert sum(part.covered_s for part in found.buckets) == pytest.approx(
        found.total.covered_s if spans else 0.0
    )


def walk(
    start_us: int,
    path: Sequence[tuple[int, int] | None],
    *,
    person: int = 0,
    clip: int = 0,
    step: int = SECOND,
) -> list[Seen]:
    """One person, one place per frame; None where nobody is seen."""
    return [
        Seen(start_us + i * step, step, clip, i, person, at(place))
        for i, place in enumerate(path)
        if place is not None
    ]
