"""The points that the page carries, and what it computes from them, in a browser against the command line."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Error, Page

from heatcli.answers.hot_places import SETTINGS
from heatcli.config.models import load_config
from heatcli.config.named_shapes import zones_of
from heatcli.config.settings import RenderSettings
from heatcli.heat.heatmap import HeatMaps
from heatcli.intervals import Intervals
from heatcli.names import By, Metric
from heatcli.report.page import pack
from heatcli.report.page.modules import import_map
from heatcli.report.report import HOT_PLACES
from heatcli.select.selected_camera import SelectedCamera
from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.shapes import Circle, CountingLine, Line, Polygon, Shape
from heatcli.store.store import Store
from heatcli.zones.buckets import Buckets, buckets_of
from heatcli.zones.hot import hot_zones
from heatcli.zones.lines import LineCrossings
from tests.support.aggregation import fed
from tests.support.page_browser import Answer, ask, page_of_modules, same_zones
from tests.support.page_worlds import ZAGREB, batches_of, packed, random_world, selection_of
from tests.support.places import SAMPLES
from tests.support.truth import put_truth
from tests.support.zones_reference import as_rows
from tests.support.zones_scenes import us

SHAPES: list[Shape] = [
    Circle(0.5, 0.5, 0.125),
    Circle(0.3, 0.7, 0.21),
    Circle(0.99, 0.02, 0.4),
    Polygon(((0.25, 0.25), (0.5, 0.25), (0.5, 0.75), (0.25, 0.75))),
    Polygon(((0.5, 0.0), (1.0, 0.5), (0.5, 1.0), (0.625, 0.5))),
    Polygon(((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))),
]


# Upright, across, and slanted.
LINES = [
    CountingLine(str(place), Line((x1, y1), (x2, y2)))
    for place, (x1, y1, x2, y2) in enumerate([(0.5, 0, 0.5, 1), (0.1, 0.5, 0.9, 0.5), (0.2, 0.9, 0.8, 0.2)])
]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with page_of_modules(tmp_path_factory.mktemp("page")) as page:
        yield page


def same_maps(answer: Answer, camera: SelectedCamera, maps: Sequence[dict[str, Any]]) -> None:
    for found, options in zip(answer["maps"], maps, strict=True):
        settings = RenderSettings(
            metric=options["metric"],
            grid_resolution=options["columns"],
            reach=options["reach"],
            smoothing=options["smoothing"],
        )
        maps_of = fed(HeatMaps(camera, settings), batches_of(camera))
        wanted = maps_of.result()[settings.metric].value
        assert (found["rows"], found["columns"]) == wanted.shape
        np.testing.assert_allclose(
            np.array(found["values"], np.float64), wanted.ravel(), rtol=1e-9, atol=1e-12
        )


def same_lines(answer: Answer, camera: SelectedCamera) -> None:
    for found, wanted in zip(
        answer["lines"], fed(LineCrossings(camera, LINES), batches_of(camera)).result(), strict=True
    ):
        assert {"covered_s": wanted.total.covered_s, **found} == asdict(wanted.total)


def same_places(answer: Answer, camera: SelectedCamera) -> None:
    heat = fed(HeatMaps(camera, SETTINGS), batches_of(camera)).result()[SETTINGS.metric]
    wanted = hot_zones(heat.value, top=HOT_PLACES, least=SETTINGS.min_display_threshold)
    assert [one["name"] for one in answer["hot"]] == [zone.name for zone in wanted]
    for found, zone in zip(answer["hot"], wanted, strict=True):
        assert found["peak"] == pytest.approx(zone.peak, abs=1e-12)
        assert found["shape"] == {"polygon": [list(corner) for corner in zone.shape.corners]}  # type: ignore[union-attr]


@given(
    seed=st.integers(0, 2**32 - 1),
    start=st.sampled_from(["2026-03-29 00:59:40", "2026-10-25 00:59:40", "2026-05-31 21:59:40"]),
    by=st.sampled_from([By.HOUR, By.DAY, By.MONTH]),
    hide=st.booleans(),
    later=st.integers(0, 40),
)
@example(
    # One person in two clips that overlap: what begins earlier counts later.
    seed=2112070428, start="2026-10-25 00:59:40", by=By.HOUR, hide=True, later=7
)  # fmt: skip
@example(
    # Somebody stands an eighth of a thousandth of a pixel beside the edge of a cell.
    seed=57241486, start="2026-03-29 00:59:40", by=By.HOUR, hide=False, later=0
)  # fmt: skip
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_figures_and_maps_of_any_world(
    page: Page, seed: int, start: str, by: By, hide: bool, later: int
) -> None:
    world = random_world(seed, us(start))
    (begin, end) = world.period[0]
    whole = world.within(world.period, without=world.outliers)
    divided = buckets_of(by, covered=whole.covered, zone=ZAGREB, begin_us=begin, end_us=end)
    # A view cuts time wherever it likes; those who are asked for it see some of the period only.
    part = (begin + later * 700_001, end)
    view = Intervals.of([part] if part[0] < part[1] else [])
    carried = packed(whole, divided, LINES, late=view)
    maps: list[dict[str, object]] = [
        {"metric": str(metric), "columns": columns, "smoothing": smoothing, "reach": reach}
        for metric in Metric
        for columns, smoothing, reach in ((32, 0, 0), (160, 24, 0.05), (48, 0, 0.3))
    ]
    for limits, pieces in ((world.period, None), (view.bounds.tolist(), chosen(carried, "late"))):
        answer = ask(page, carried, SHAPES, pieces=pieces, hide_outliers=hide, maps=maps, lines=len(LINES))
        here = world.within(limits, without=world.outliers)
        people = here if hide else here.everybody()
        same_zones(answer, people, SHAPES, divided)
        same_lines(answer, people)
        same_places(answer, people)
        same_maps(answer, people, maps)
        persons = {one for rows in batches_of(people) for one in rows.person.tolist()}
        assert answer["people"] == len(persons)


def chosen(carried: dict[str, Any], view: str) -> list[bool]:
    """Return which pieces of time a view selects."""
    count = next(count for name, count, _ in carried["columns"] if name == "piece_bucket")
    return [any(first <= i < end for first, end in carried["views"][view]) for i in range(count)]


def test_filters_of_the_page_are_those_of_the_command_line(page: Page, tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    put_truth(store, start="2026-05-31T23:59:20")
    config = load_config(SAMPLES / "heatcli.toml")
    shapes = [zone.shape for zone in zones_of(config.cameras["store"].zones)]
    (camera,) = selected_cameras(store, Selection(filter_outliers=True), config)
    hours = buckets_of(By.HOUR, covered=camera.covered, zone=ZAGREB)
    carried = packed(camera, hours)
    assert carried["points_per_second"] is None
    maps: list[dict[str, object]] = [
        {"metric": str(metric), "columns": 160, "smoothing": 24, "reach": reach}
        for metric in Metric
        for reach in (0, 0.05)
    ]
    for hide in (False, True):
        for hour, selection in (
            (None, Selection(filter_outliers=hide)),
            (23, Selection(filter_outliers=hide, hours=("23:00-24:00",))),
        ):
            (wanted,) = selected_cameras(store, selection, config)
            answer = ask(page, carried, shapes, hour=hour, hide_outliers=hide, maps=maps)
            same_zones(answer, wanted, shapes, hours)
            same_maps(answer, wanted, maps)
            assert (answer["leftOut"] > 0) == hide


def test_nothing_recorded_is_nothing_known(page: Page) -> None:
    nobody = selection_of(as_rows([], []), [])
    day = buckets_of(By.DAY, covered=nobody.covered, zone=ZAGREB, begin_us=0, end_us=3_600_000_000)
    for buckets in (day, Buckets(np.zeros((0, 2), np.int64), np.zeros(0, np.int64), ())):
        carried = packed(nobody, buckets)
        maps = [{"metric": str(metric), "columns": 8, "smoothing": 3, "reach": 0.05} for metric in Metric]
        answer = ask(page, carried, SHAPES, maps=maps)
        same_zones(answer, nobody, SHAPES, buckets)
        same_maps(answer, nobody, maps)


@given(st.lists(st.integers(-(2**62), 2**62)))
def test_numbers_of_variable_length_are_read_as_the_format_says(values: list[int]) -> None:
    data = iter(pack._numbers(np.array(values, np.int64)))
    found = []
    for first in data:
        number, place, byte = first & 127, 7, first
        while byte > 127:
            byte = next(data)
            number |= (byte & 127) << place
            place += 7
        found.append(-(number + 1) // 2 if number % 2 else number // 2)
    assert found == values


def test_every_module_loads_from_the_import_map(page: Page) -> None:
    text = import_map()
    assert "<" not in text
    names = list(json.loads(text)["imports"])
    assert "heatcli/unpack.js" in names
    count = "async (names) => (await Promise.all(names.map((name) => import(name)))).length"
    assert page.evaluate(count, names) == len(names)


def test_points_of_another_schema_are_refused(page: Page) -> None:
    nobody = selection_of(as_rows([], []), [])
    other = packed(nobody, Buckets(np.zeros((0, 2), np.int64), np.zeros(0, np.int64), ())) | {"schema": 1}
    with pytest.raises(Error, match="reads points of schema 2, got 1"):
        ask(page, other)
