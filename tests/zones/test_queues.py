"""Queues: against a slow reference on random scenes, and against the truth of a drawn shop."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from heatcli.answers.zone_report import ZoneReport
from heatcli.commands.zone import ZoneQuery, zone_report
from heatcli.config.models import load_config
from heatcli.intervals import Intervals
from heatcli.select.selection import Selection
from heatcli.shapes import Line, Polygon, Queue, Zone
from heatcli.store.store import Store
from heatcli.zones.buckets import Bucket, Buckets
from heatcli.zones.queue_figures import QueueStatistics, QueueWaits
from heatcli.zones.waits import Outcome
from tests.support import queue_reference
from tests.support.aggregation import camera_of, fed
from tests.support.queue_reference import SECOND
from tests.support.queue_worlds import (
    FPS,
    LASTS_S,
    TILLS,
    Shop,
    TrueWait,
    configuration,
    in_picture,
    wavering,
)
from tests.support.report_stores import put_people
from tests.support.zones_reference import Seen, Span, as_rows, counted_parts, own_spans

START = datetime(2026, 3, 14, 10, tzinfo=UTC)
LINE = Zone("line", Polygon(((0.25, 0.25), (0.5, 0.25), (0.5, 0.75), (0.25, 0.75))))
BESIDE = Polygon(((0.75, 0.0), (1.0, 0.0), (1.0, 0.5), (0.75, 0.5)))
SERVICES = (None, Polygon(((0.5, 0.25), (0.625, 0.25), (0.625, 0.75), (0.5, 0.75))), (0.5, 0.25))
# Within the line, at its service places, behind it, in the other queue, and at the edge of the picture.
# Some are just near enough to each other, or just too far apart.
PLACES = [
    (160, 100),
    (200, 150),
    (270, 130),
    (258, 66),
    (266, 72),
    (267, 74),
    (125, 112),
    (126, 120),
    (97, 146),
]
PLACES += [(60, 150), (400, 60), (8, 200)]


@st.composite
def scenes(draw: st.DrawFn) -> tuple[list[Seen], list[Span]]:
    """Draw people who go from place to place in half a minute, two frames a second, and what was watched."""
    seen = []
    for person in range(draw(st.integers(1, 4))):
        first = draw(st.integers(0, 30))
        stop = st.tuples(st.sampled_from(PLACES), st.sampled_from([0, 0, 1, 4]), st.integers(1, 24))
        frame = first
        for (x, y), drift, frames in draw(st.lists(stop, min_size=1, max_size=6)):
            for moved in range(frames):
                box = (x - 8.0, y + drift * moved - 40.0, x + 8.0, float(y + drift * moved))
                seen.append(Seen(frame * SECOND // 2, SECOND // 2, 0, frame, person, box))
                frame += 1
    gap = draw(st.integers(0, 40))
    covered = [(0, gap * SECOND), ((gap + draw(st.sampled_from([0, 1, 3, 12]))) * SECOND, 200 * SECOND)]
    return seen, [(int(a), int(b)) for a, b in Intervals.of(covered).bounds.tolist()]


def asked(seen: list[Seen], covered: list[Span], queue: Queue, buckets: Buckets | None) -> QueueStatistics:
    """Compute the statistics of a queue from rows in batches."""
    own = own_spans([covered], [(-(2**60), 2**60)])
    persons = sorted({one.person for one in seen})
    rows = {person: [one for one in seen if one.person == person] for person in persons}
    ends = [(rows[person][0], rows[person][-1]) for person in persons]
    known = pl.DataFrame(
        {
            "person": persons,
            "first_us": [first.time_us for first, _ in ends],
            "last_us": [last.time_us for _, last in ends],
            "first_x": [queue_reference.foot(first)[0] for first, _ in ends],
            "first_y": [queue_reference.foot(first)[1] for first, _ in ends],
            "last_x": [queue_reference.foot(last)[0] for _, last in ends],
            "last_y": [queue_reference.foot(last)[1] for _, last in ends],
            "median_height_px": [40.0] * len(persons),
            "width": [512] * len(persons),
            "height": [256] * len(persons),
        }
    )
    camera = replace(camera_of([Intervals.of(spans) for spans in own]), trajectories=known)
    batch = as_rows(seen, own)
    cuts = np.unique(np.searchsorted(batch.time_us, np.unique(batch.time_us)[::7]))
    batches = [batch.where(np.arange(a, b)) for a, b in zip(cuts, [*cuts[1:], len(batch)], strict=True)]
    (found,) = fed(QueueWaits(camera, [queue], buckets), batches).result()
    return found


@settings(max_examples=150, deadline=None)
@given(scenes(), st.sampled_from(SERVICES))
def test_waits_and_figures_are_those_of_the_reference(
    scene: tuple[list[Seen], list[Span]], service: Polygon | tuple[float, float] | None
) -> None:
    seen, covered = scene
    seen = [one for one in seen if any(a <= one.time_us < b for a, b in covered)]
    if not seen:
        return
    queue = Queue(LINE, service, target_s=4.0, elsewhere=(BESIDE,))
    halves = [(0, 20 * SECOND), (20 * SECOND, 200 * SECOND)]
    names = tuple(Bucket(str(n), None, None) for n in range(2))
    found = asked(seen, covered, queue, Buckets(np.array(halves), np.arange(2), names))
    expected = queue_reference.waits(
        counted_parts(seen, own_spans([covered], [(-(2**60), 2**60)])), queue, covered
    )
    waits = found.waits
    columns = (waits.begin_us, waits.person, waits.end_us, waits.begin_known, waits.outcome)
    told = [
        (*values, Outcome(outcome).name, end, known)
        for *values, outcome, end, known in zip(
            *(column.tolist() for column in (*columns, waits.service_end_us, waits.service_known)),
            strict=True,
        )
    ]
    assert told == [tuple(vars(one).values()) for one in expected]
    for figures, bucket in ((found.total, (0, 200 * SECOND)), *zip(found.buckets, halves, strict=True)):
        values = queue_reference.figures(expected, covered, bucket, 4.0)
        if service is None:
            values |= dict.fromkeys(("served", "abandoned", "served_per_hour"))
        assert {name: getattr(figures, name) for name in values} == pytest.approx(values), bucket
    parts = ("arrivals", "served", "abandoned", "unknown")
    sums = {name: sum(getattr(one, name) or 0 for one in found.buckets) for name in parts}
    assert sums == {name: getattr(found.total, name) or 0 for name in parts}


def test_who_walks_back_through_the_line_has_not_waited() -> None:
    """Served at once, packing a bag in the lane for some seconds, and gone by the way they came."""
    way = [(8, 200)] * 3 + [(120, 110)] * 2 + [(200, 110)] * 2 + [(270, 110)] * 10
    way += [(240, 110)] * 12 + [(150, 110)] * 3 + [(8, 200)] * 4
    seen = [
        Seen(n * SECOND // 2, SECOND // 2, 0, n, 0, (x - 8.0, y - 40.0, x + 8.0, float(y)))
        for n, (x, y) in enumerate(way)
    ]
    queue = Queue(LINE, SERVICES[1])
    assert asked(seen, [(0, 200 * SECOND)], queue, None).waits.outcome.tolist() == [0, 1]
    with_arrow = replace(queue, direction=Line((0.25, 0.5), (0.5, 0.5)))
    assert asked(seen, [(0, 200 * SECOND)], with_arrow, None).waits.outcome.tolist() == [0]


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop()


def report_of(shop: Shop, folder: Path, feet: NDArray[np.float64]) -> ZoneReport:
    """Store half an hour of the shop, and ask for its queues."""
    store = Store.create_or_open(folder / "heat-store")
    (folder / "heatcli.toml").write_text(configuration())
    frames, step_us = int(LASTS_S * FPS), SECOND // FPS
    times = [n * step_us for n in range(frames)]
    put_people(store, "a" * 16, start=START, times_us=times, dt_us=[step_us] * frames, feet=feet)
    (report,) = zone_report(
        store=store, selection=Selection(), query=ZoneQuery(), queues=True,
        config=load_config(folder / "heatcli.toml"),
    )  # fmt: skip
    return report


def paired(report: ZoneReport, shop: Shop, queue: str) -> list[tuple[TrueWait, dict[str, float]]]:
    """Pair each true wait with the one that was found; nobody else has waited."""
    (found,) = (one for one in report.queues if one.queue.zone.name == queue)
    track = dict(report.camera.known.select("person", "track").iter_rows())
    names = ("begin_us", "end_us", "service_end_us")
    told = {}
    for at, person in enumerate(found.waits.person.tolist()):
        values = {name: (getattr(found.waits, name)[at] / 1e6 - START.timestamp()) for name in names}
        told[track[person] - 1] = values | {"outcome": int(found.waits.outcome[at])}
    truth = {n: one for n, who in enumerate(shop.everybody) for one in who.waits if one.queue == queue}
    assert told.keys() == truth.keys()
    return [(truth[n], told[n]) for n in sorted(truth)]


def test_three_queues_of_half_an_hour_are_right_to_a_second(shop: Shop, tmp_path: Path) -> None:
    """With a detector's errors: one gives up, one queue bends out of its zone, and one till closes.

    A clerk tidies up in a lane for a minute, and passers-by cross all lanes; none of them queues.
    """
    feet = shop.feet(wavering(1))
    clerk = np.full((1, *feet.shape[1:]), np.nan)
    clerk[0, 4000:6000], clerk[0, 4500:4800] = in_picture(TILLS["c"] + 1, 0.9), in_picture(TILLS["c"], 4)
    report = report_of(shop, tmp_path, np.concatenate([feet, clerk]))
    for queue in ("a", "b", "c"):
        pairs = paired(report, shop, queue)
        served = [(true, told) for true, told in pairs if true.served_s is not None]
        assert len(served) > 12
        for true, told in pairs:
            kind = Outcome.SERVED if true.served_s is not None else Outcome.ABANDONED
            assert told["outcome"] == kind
        waits = [
            abs((told["end_us"] - told["begin_us"]) - (true.served_s - true.joined_s))
            for true, told in served
            if true.served_s is not None
        ]
        services = [
            abs((told["service_end_us"] - told["end_us"]) - (true.left_s - true.served_s))
            for true, told in served
            if true.left_s is not None and true.served_s is not None
        ]
        for errors in (waits, services):
            assert np.median(errors) <= 1
            assert np.percentile(errors, 90) <= 5
    assert any(true.gave_up_s for true, _ in paired(report, shop, "a"))
    (b,) = (one for one in report.queues if one.queue.zone.name == "b")
    assert (b.total.max_length or 0) > 3  # its zone holds three
    (c,) = (one for one in report.queues if one.queue.zone.name == "c")
    closed_us = (START.timestamp() + 910) * 1e6
    assert not (c.waits.begin_us > closed_us).any()


def test_whoever_is_lost_in_line_has_not_given_up(shop: Shop, tmp_path: Path) -> None:
    """Some trajectories end while their people wait, and others begin there 8 s later."""
    feet = shop.feet(wavering(2))
    cut = [
        (n, int((wait.joined_s + 0.5 * (wait.served_s - wait.joined_s)) * FPS))
        for n, who in enumerate(shop.everybody)
        for wait in who.waits
        if wait.served_s is not None and wait.served_s - wait.joined_s > 15
    ][::4]
    rest = np.full((len(cut), *feet.shape[1:]), np.nan)
    for place, (n, frame) in enumerate(cut):
        rest[place, frame + 40 :] = feet[n, frame + 40 :]
        feet[n, frame:] = np.nan
    report = report_of(shop, tmp_path, np.concatenate([feet, rest]))
    true_abandoned = sum(wait.gave_up_s is not None for who in shop.everybody for wait in who.waits)
    assert sum(one.total.abandoned or 0 for one in report.queues) == true_abandoned
    assert sum(one.total.unknown or 0 for one in report.queues) == len(cut)
    for one in report.queues:
        starts_unknown = ~one.waits.begin_known
        assert np.isnan(one.waits.wait_s[starts_unknown]).all()
