"""Asking the modules of the page in a browser."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from heatcli.answers.hot_places import SETTINGS
from heatcli.report.page.modules import import_map
from heatcli.report.report import HOT_PLACES
from heatcli.select.selected_camera import SelectedCamera
from heatcli.shapes import Circle, Polygon, Shape, Zone
from heatcli.zones.buckets import Buckets
from heatcli.zones.statistics import Figures, ZoneFigures
from tests.support.aggregation import fed
from tests.support.browser import chromium
from tests.support.page_worlds import batches_of

Answer = dict[str, Any]

ASK = """
async (question) => {
  const {packed, filter, shapes, maps, lines, hot} = JSON.parse(question);
  const names = ["unpack", "choose", "union", "heat", "smooth", "lines", "hottest"];
  const [{unpackCamera}, {choose}, {zoneFigures}, {heatGrid}, {smoothed}, {lineFigures}, {hottestPlaces}] =
    await Promise.all(names.map((name) => import(`heatcli/${name}.js`)));
  const camera = await unpackCamera(packed);
  if (filter.hour !== null) filter.pieces = camera.pieces.hour.map((hour) => hour === filter.hour);
  const choice = choose(camera, filter);
  return JSON.stringify({
    people: choice.people,
    leftOut: choice.hideOutliers ? choice.outliers.length : 0,
    zones: shapes.map((shape) => zoneFigures(choice, shape)),
    lines: lineFigures(choice, lines),
    hot: hottestPlaces(smoothed(heatGrid(choice, hot), hot.smoothing, hot.reach), hot),
    maps: maps.map(({smoothing, ...options}) => {
      const {rows, columns, values} = smoothed(heatGrid(choice, options), smoothing, options.reach);
      return {rows, columns, values: Array.from(values)};
    }),
  });
}
"""


@contextmanager
def page_of_modules(folder: Path) -> Iterator[Page]:
    """Open a page that has the modules and nothing else."""
    file = folder / "page.html"
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
    hour: int | None = None,
    hide_outliers: bool = False,
    maps: Sequence[dict[str, object]] = (),
    lines: int = 0,
) -> Answer:
    """Compute in the browser, of some pieces of time, of those in an hour of the clock, or of all."""
    question = {
        "packed": packed,
        "filter": {
            "pieces": None if pieces is None else [int(one) for one in pieces],
            "hour": hour,
            "hideOutliers": hide_outliers,
        },
        "shapes": [shape_of(shape) for shape in shapes],
        "maps": maps,
        "lines": lines,
        "hot": {
            "columns": SETTINGS.grid_resolution,
            "reach": SETTINGS.reach,
            "smoothing": SETTINGS.smoothing,
            "least": SETTINGS.min_display_threshold,
            "places": HOT_PLACES,
        },
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


# What the page leaves to the zone table.
NOT_ON_THE_PAGE = {"tracklets", "trajectories"}


def statistics(
    camera: SelectedCamera, shapes: Sequence[Shape], buckets: Buckets
) -> list[tuple[Figures, tuple[Figures, ...]]]:
    figures = ZoneFigures(camera, [Zone("", shape) for shape in shapes], buckets)
    return [(one.total, one.buckets) for one in fed(figures, batches_of(camera)).result()]


def same(found: Answer, wanted: Figures) -> None:
    """Compare to the last few bits: both are computed from whole µs."""
    expected = {name: value for name, value in asdict(wanted).items() if name not in NOT_ON_THE_PAGE}
    assert {k for k, v in found.items() if v is None} == {k for k, v in expected.items() if v is None}
    known = {name: value for name, value in expected.items() if value is not None}
    assert {name: found[name] for name in known} == pytest.approx(known, rel=1e-12, abs=0)


def same_zones(answer: Answer, camera: SelectedCamera, shapes: Sequence[Shape], buckets: Buckets) -> None:
    wanted = statistics(camera, shapes, buckets)
    for found, (total, parts) in zip(answer["zones"], wanted, strict=True):
        same(found["total"], total)
        assert len(found["buckets"]) == len(parts)
        for one, part in zip(found["buckets"], parts, strict=True):
            same(one, part)
        assert max((one["activity_pct"] or 0 for one in found["buckets"]), default=0) in (0, 100)
