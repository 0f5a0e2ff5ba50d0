"""What the page leaves out of many points, and that its numbers stay within a percent."""

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page

from heatcli.intervals import Intervals
from heatcli.names import By
from heatcli.report.page.thin import fitted, knots_of, most_knots
from heatcli.report.page.tracks import Tracks
from heatcli.shapes import Circle
from heatcli.zones.buckets import Buckets, buckets_of
from heatcli.zones.statistics import Figures
from tests.support.page_browser import Answer, ask, page_of_modules, same_zones, statistics
from tests.support.page_worlds import ZAGREB, Drawn, camera_day, packed, people_of, selection_of
from tests.support.zones_reference import as_rows
from tests.support.zones_scenes import ALWAYS, us, walk


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with page_of_modules(tmp_path_factory.mktemp("page")) as page:
        yield page


@pytest.fixture(scope="module")
def busy_day() -> Drawn:
    return camera_day(1, start_us=us("2026-05-31 07:00:00"), hours=12)


FRAME_S = 0.2

# What is told by adding up time or counting people, and what hangs on a frame more or less of single stays.
SUMS = ("covered_s", "detections_pct", "avg_occupancy", "occupancy_pct", "unique_visits")
LENGTHS = ("longest_occupancy_s", "max_occupancy", "stays", "median_stay_s", "p90_stay_s")


@pytest.mark.slow
def test_a_busy_camera_day_is_carried_within_a_percent(page: Page, busy_day: Drawn) -> None:
    hours = buckets_of(By.HOUR, covered=busy_day.covered, zone=ZAGREB)
    carried = packed(busy_day, hours)
    assert carried["points"] == carried["rows"] == len(busy_day.rows) > 1_700_000
    # The page has 10 MB, of which Bokeh takes 1.3.
    assert len(str(carried["data"])) < 8_000_000
    for found, wanted in totals(page, carried, busy_day, hours):
        near(found, wanted, SUMS + LENGTHS)


@pytest.mark.slow
def test_thinned_paths_keep_what_is_added_up_within_a_percent(
    page: Page, busy_day: Drawn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the lowest rate, which otherwise takes a week of such days."""
    monkeypatch.setattr("heatcli.report.page.pack._MOST_POINTS", 200_000)
    hours = buckets_of(By.HOUR, covered=busy_day.covered, zone=ZAGREB)
    carried = packed(busy_day, hours)
    assert carried["points_per_second"] == 0.5
    assert carried["points"] <= 200_000
    for found, wanted in totals(page, carried, busy_day, hours):
        near(found, wanted, SUMS)


def totals(
    page: Page, carried: dict[str, Any], camera: Drawn, hours: Buckets
) -> list[tuple[Answer, Figures]]:
    """Compute zones around people here and there, small and large, in the browser and in Python."""
    rng = np.random.default_rng(7)
    at = camera.rows.boxes[rng.integers(0, len(camera.rows), 8)]
    shapes = [
        Circle(round((x1 + x2) / 2 / camera.width, 3), round(bottom / camera.height, 3), radius)
        for x1, _, x2, bottom in at.tolist()
        for radius in (0.03, 0.1, 0.2)
    ]
    found = ask(page, carried, shapes)["zones"]
    wanted = statistics(camera, shapes, hours)
    return [(one["total"], total) for one, (total, _) in zip(found, wanted, strict=True)]


def near(found: Answer, wanted: Figures, names: Sequence[str]) -> None:
    """Expect figures within a percent, or a visit, or for the length of stays a frame, if that is more."""
    for name in names:
        least = {"unique_visits": 1.0, "median_stay_s": FRAME_S, "p90_stay_s": FRAME_S}.get(name, 0.0)
        assert found[name] == pytest.approx(getattr(wanted, name), rel=0.01, abs=least + 1e-9), name


def test_a_thinned_path_is_exact_where_people_walk_straight(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody crosses the picture, another turns twice; everything else is in who was there when."""
    monkeypatch.setattr("heatcli.report.page.pack._MOST_POINTS", 20)
    start, frames = us("2026-05-31 07:00:00"), 100
    straight = [(4 * i, 128) for i in range(frames)]
    corners = [(0, 0), (256, 0), (256, 192), (448, 192)]
    turns = [
        (round(x), round(y))
        for (x0, y0), (x1, y1) in itertools.pairwise(corners)
        for x, y in zip(np.linspace(x0, x1, 33)[:-1], np.linspace(y0, y1, 33)[:-1], strict=True)
    ]
    seen = [
        *walk(start, straight, person=0, step=200_000),
        *walk(start, turns, person=1, step=200_000),
    ]
    camera = selection_of(as_rows(seen, [ALWAYS]), [Intervals.of([[start, start + frames * 200_000]])])
    hours = buckets_of(By.HOUR, covered=camera.covered, zone=ZAGREB)
    carried = packed(camera, hours)
    assert carried["points_per_second"] == 0.5
    assert carried["points"] <= 20 + 2
    shapes = [Circle(0.5, 0.5, radius) for radius in (0.05, 0.125, 0.3)]
    same_zones(ask(page, carried, shapes), camera, shapes, hours)


def test_thinned_knots_are_few_and_keep_close_to_the_path() -> None:
    """As many as asked for, both ends of every run among them, and nearer to the rows than rows would be."""
    camera = camera_day(2, start_us=us("2026-05-31 07:50:00"), hours=0.3)
    hours = buckets_of(By.HOUR, covered=camera.covered, zone=ZAGREB)
    tracks = people_of(camera, hours).tracks
    off = []
    for rate in (2.0, 1.0, 0.5):
        most = most_knots(tracks, rate)
        assert (most <= np.maximum(np.ceil(rate * tracks.lengths_s), 2)).all()
        knots = knots_of(tracks, most)
        assert np.isin([tracks.first_row[:-1], tracks.first_row[1:] - 1], knots).all()
        of_run = np.searchsorted(tracks.first_row, knots, side="right") - 1
        assert (np.bincount(of_run, minlength=len(most)) <= most).all()
        off += [
            root_mean_square(tracks, knots, places)
            for places in (fitted(tracks, knots), tracks.points[knots])
        ]
    assert off == sorted(off)
    # A hundred pixels are a metre.
    assert off[0] < 1 < off[-1] < 10


def root_mean_square(tracks: Tracks, knots: NDArray[np.intp], places: NDArray[np.float64]) -> float:
    """Measure how far the lines between knots are from the rows, in pixels."""
    rows = np.arange(len(tracks.points))
    lines = np.column_stack([np.interp(rows, knots, axis) for axis in places.T])
    return float(np.sqrt(((lines - tracks.points) ** 2).sum(axis=1).mean()))
