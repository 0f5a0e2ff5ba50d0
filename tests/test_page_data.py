"""The points that the page carries, and what it computes from them, in a browser against the command line."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

from heatcli.heat.heatmap import heat_map
from heatcli.intervals import Intervals
from heatcli.names import By, Metric
from heatcli.report.page.modules import import_map
from heatcli.report.page.pack import pack_cameras
from heatcli.settings import RenderSettings
from heatcli.store.reader import CameraSelection
from heatcli.zones.buckets import Buckets, buckets_of
from heatcli.zones.shapes import Circle, Polygon, Shape, Zone
from heatcli.zones.statistics import Figures, zone_statistics
from tests.browser import chromium
from tests.page_worlds import ZAGREB, page_camera, random_world
from tests.zones_scenes import us

SAMPLES = Path(__file__).resolve().parent.parent / "samples"

SHAPES: list[Shape] = [
    Circle(0.5, 0.5, 0.125),
    Circle(0.3, 0.7, 0.21),
    Circle(0.99, 0.02, 0.4),
    Polygon(((0.25, 0.25), (0.5, 0.25), (0.5, 0.75), (0.25, 0.75))),
    Polygon(((0.5, 0.0), (1.0, 0.5), (0.5, 1.0), (0.625, 0.5))),
    Polygon(((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))),
]

# What the page leaves to the zone table.
NOT_ON_THE_PAGE = {"tracklets", "tracks"}

Answer = dict[str, Any]

ASK = """
async (question) => {
  const {packed, filter, shapes, maps} = JSON.parse(question);
  const [{unpackCamera}, {choose}, {zoneFigures}, {heatGrid, smoothed}] = await Promise.all(
    ["unpack", "choose", "union", "heat"].map((name) => import(`heatcli/${name}.js`)),
  );
  const choice = choose(await unpackCamera(packed), filter);
  return JSON.stringify({
    people: choice.people,
    leftOut: choice.leftOut,
    zones: shapes.map((shape) => zoneFigures(choice, shape)),
    maps: maps.map(({smoothing, ...options}) => {
      const {rows, columns, values} = smoothed(heatGrid(choice, options), smoothing);
      return {rows, columns, values: Array.from(values)};
    }),
  });
}
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page that has the modules."""
    file = tmp_path_factory.mktemp("page") / "page.html"
    file.write_text(f'<!doctype html><script type="importmap">{import_map()}</script>')
    with chromium() as browser:
        page = browser.new_page()
        page.goto(file.as_uri())
        yield page


def ask(
    page: Page,
    packed: dict[str, object],
    shapes: Sequence[Shape | None] = (),
    *,
    pieces: Sequence[bool] | None = None,
    hide_outliers: bool = False,
    maps: Sequence[dict[str, object]] = (),
) -> Answer:
    """Compute in the browser."""
    question = {
        "packed": packed,
        "filter": {
            "pieces": None if pieces is None else [int(one) for one in pieces],
            "hideOutliers": hide_outliers,
        },
        "shapes": [shape_of(shape) for shape in shapes],
        "maps": maps,
    }
    # As text: arrays take seconds on their way to the browser and back.
    answer: Answer = json.loads(page.evaluate(ASK, json.dumps(question)))
    return answer


def shape_of(shape: Shape | None) -> object:
    match shape:
        case None:
            return None
        case Circle(x, y, radius):
            return {"circle": [x, y, radius]}
        case Polygon(corners):
            return {"polygon": corners}


def statistics(
    camera: CameraSelection, shapes: Sequence[Shape], buckets: Buckets
) -> list[tuple[Figures, tuple[Figures, ...]]]:
    found = zone_statistics(
        camera.batches(),
        zones=[Zone("", shape) for shape in shapes],
        own=camera.own,
        tracking_mode=camera.tracking_mode,
        sample_aspect=camera.sample_aspect,
        buckets=buckets,
    )
    return [(one.total, one.buckets) for one in found]


def same(found: Answer, wanted: Figures) -> None:
    """Compare to the last few bits: both are computed from whole µs."""
    expected = {name: value for name, value in asdict(wanted).items() if name not in NOT_ON_THE_PAGE}
    assert {k for k, v in found.items() if v is None} == {k for k, v in expected.items() if v is None}
    known = {name: value for name, value in expected.items() if value is not None}
    assert {name: found[name] for name in known} == pytest.approx(known, rel=1e-12, abs=0)


def same_zones(answer: Answer, camera: CameraSelection, shapes: Sequence[Shape], buckets: Buckets) -> None:
    wanted = statistics(camera, shapes, buckets)
    for found, (total, parts) in zip(answer["zones"], wanted, strict=True):
        same(found["total"], total)
        assert len(found["buckets"]) == len(parts)
        for one, part in zip(found["buckets"], parts, strict=True):
            same(one, part)


def same_maps(answer: Answer, camera: CameraSelection, maps: Sequence[dict[str, Any]]) -> None:
    for found, options in zip(answer["maps"], maps, strict=True):
        wanted = heat_map(
            camera.batches(),
            settings=RenderSettings(
                metric=options["metric"],
                grid_resolution=options["columns"],
                smoothing=options["smoothing"],
            ),
            tracking_mode=camera.tracking_mode,
            camera=camera.camera,
            width=camera.width,
            height=camera.height,
            own=camera.own,
        ).value
        assert (found["rows"], found["columns"]) == wanted.shape
        np.testing.assert_allclose(np.array(found["values"], np.float64), wanted.ravel(), rtol=1e-9, atol=1e-12)


@given(
    seed=st.integers(0, 2**32 - 1),
    start=st.sampled_from(["2026-03-29 00:59:40", "2026-10-25 00:59:40", "2026-05-31 21:59:40"]),
    by=st.sampled_from([By.HOUR, By.DAY, By.MONTH]),
    hide=st.booleans(),
    later=st.integers(0, 40),
)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
    (packed,) = pack_cameras([page_camera(whole, divided, late=view)])
    maps = [
        {"metric": str(metric), "columns": columns, "smoothing": smoothing}
        for metric, (columns, smoothing) in zip(Metric, [(32, 0), (160, 24), (32, 0), (64, 0)], strict=True)
    ]
    for limits, pieces in ((world.period, None), (view.bounds.tolist(), chosen(packed, "late"))):
        answer = ask(page, packed, SHAPES, pieces=pieces, hide_outliers=hide, maps=maps)
        here = world.within(limits, without=world.outliers)
        people = here if hide else here.everybody()
        same_zones(answer, people, SHAPES, divided)
        same_maps(answer, people, maps)
        assert answer["people"] == len(
            np.unique(np.concatenate([r.person for r in people.batches()] or [[]]))
        )


def chosen(packed: dict[str, Any], view: str) -> list[bool]:
    """Return which pieces of time a view selects."""
    count = next(count for name, count, _ in packed["columns"] if name == "piece_begin")
    return [any(first <= i < end for first, end in packed["views"][view]) for i in range(count)]
