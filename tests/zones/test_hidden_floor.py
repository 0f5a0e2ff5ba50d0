"""Crowds in which people hide each other: how many are lost, and whether that is known."""

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from heatcli.geometry import iou_matrix
from heatcli.heat.floor import Floor, View
from heatcli.heat.grid import Grid
from heatcli.heat.seen_floor import seen_floor
from heatcli.intervals import Intervals
from heatcli.optics.projection import FloorProjection
from heatcli.zones.flow_figures import area_flow, line_flow
from heatcli.zones.hidden_floor import HiddenFloor
from heatcli.zones.pedestrians import DensitySeries, FirstCrossings, WalkedSeries
from samples.shop.camera import Camera
from tests.support.aggregation import camera_of
from tests.support.floor_scenes import rows_of

Floats = NDArray[np.float64]
SIDE = 16.0


def crowd(density: float, seed: int) -> Floats:
    """(n, 2) places in a square hall, none nearer to another than 0.4 m."""
    random = np.random.default_rng(seed)
    places = np.zeros((0, 2))
    while len(places) < density * SIDE**2:
        place = random.uniform(0, SIDE, 2)
        if not len(places) or np.linalg.norm(places - place, axis=1).min() > 0.4:
            places = np.vstack([places, place])
    return places


def lost(boxes: Floats, near: Floats) -> NDArray[np.bool_]:
    """(n,) bool: people of whom less than a fifth shows, or whose box is suppressed at an IoU of 0.7.

    Args:
        boxes: (n, 4) boxes.
        near: (n,) distance from the camera: the nearer hides the farther.
    """
    low = np.floor(boxes).astype(int)
    picture = np.full((low[:, 3].max() + 1, low[:, 2].max() + 1), -1)
    for person in np.argsort(-near).tolist():
        x1, y1, x2, y2 = low[person].clip(0).tolist()
        picture[y1:y2, x1:x2] = person
    shows = np.bincount(picture[picture >= 0], minlength=len(boxes)) / (low[:, 2:] - low[:, :2]).prod(axis=1)
    overlap, kept = iou_matrix(boxes, boxes), np.zeros(len(boxes), np.bool_)
    for person in np.argsort(-shows).tolist():
        kept[person] = not (overlap[person, kept] > 0.7).any()
    return np.asarray((shows < 0.2) | ~kept)


def seen_by(camera: Camera, places: Floats) -> tuple[FloorProjection, Floats]:
    """The projection to a plan whose y points down, and (n, 2) places on it."""
    marks = np.array([(2, 2), (14, 2), (14, 14), (2, 14), (8, 8.0)])
    points = camera.project(np.column_stack([marks, np.zeros(len(marks))]))[:, :2]
    turned = np.array([1.0, -1.0])
    image = points / (camera.width, camera.height)
    return FloorProjection.fit(image, marks * turned + (0, SIDE)), places * turned + (0, SIDE)


@pytest.mark.slow
@pytest.mark.parametrize("tilt", [22, 30, 40])
def test_up_to_the_limit_about_a_tenth_of_a_drawn_crowd_is_lost(tilt: float) -> None:
    pitch = np.radians(tilt)
    away = 18.0
    camera = Camera(
        1280, 720, 1000, (SIDE / 2, SIDE / 2 - away * np.cos(pitch), away * np.sin(pitch)), pitch, 0.0
    )
    middle = shapely.box(4, 3, 12, 11)
    projection, _ = seen_by(camera, np.zeros((0, 2)))
    everything = np.ones((360, 640), np.bool_)
    seen = seen_floor(View.of(projection, everything), Floor(Grid(160, 160), SIDE, SIDE))
    one = camera_of([Intervals.of([[0, 10**9]])], width=1280, height=720)

    def found(density: float, seed: int) -> tuple[float | None, float]:
        """The limit, and the part of the crowd in the middle that is lost."""
        places = crowd(density, seed)
        rows = rows_of(places[None], camera, whole_pixels=False)
        hidden = HiddenFloor(one, floor=projection, people=projection, seen=seen)
        hidden.add(rows)
        near = np.linalg.norm(places[rows.person] - camera.position[:2], axis=1)
        there = shapely.contains_xy(middle, *seen_by(camera, places[rows.person])[1].T)
        return hidden.limit(middle), float(lost(rows.boxes.astype(np.float64), near)[there].mean())

    limit, _ = found(0.2, 1)
    assert limit is not None
    few, some, many = (
        float(np.mean([found(part * limit, seed)[1] for seed in range(6)])) for part in (0.25, 1.0, 2.0)
    )
    assert few < some / 2 + 0.01
    assert 0.02 < some < 0.13
    assert many > 2 * some


def series(density: list[float]) -> DensitySeries:
    count = len(density)
    return DensitySeries(
        np.arange(count) * 10, np.rint(np.array(density) * 10).astype(int), np.array(density), np.ones(count)
    )


def figures(density: list[float], limit: float | None) -> dict[str, object]:
    walked = WalkedSeries(np.arange(3), np.ones(3, np.int64), np.ones(3))
    found = area_flow(
        series(density), walked, area_m2=10.0, covered_s=len(density), seconds=len(density), limit=limit
    )
    names = (
        "max_voronoi",
        "mean_voronoi",
        "max_density",
        "mean_density",
        "above_2_s",
        "above_3_s",
        "level_s",
    )
    return {name: getattr(found, name) for name in (*names, "beyond_s", "worst_level", "mean_speed")}


def test_what_is_too_dense_is_not_told() -> None:
    dense = [0.5] * 8 + [2.2, 2.6]
    told = figures(dense, 2.4)
    unknown = (
        "max_voronoi",
        "mean_voronoi",
        "max_density",
        "mean_density",
        "above_3_s",
        "level_s",
        "worst_level",
    )
    assert {name: told[name] for name in unknown} == dict.fromkeys(unknown)
    # Who is counted above two per m² is above it, whoever else was there.
    assert (told["above_2_s"], told["beyond_s"], told["mean_speed"]) == (2, 1, 1.0)
    # One second of many says nothing against a mean.
    rare = figures([0.5] * 199 + [2.6], 2.4)
    assert rare["mean_voronoi"] == pytest.approx((199 * 0.5 + 2.6) / 200)
    assert rare["max_voronoi"] is None
    for limit in (3.0, None):
        assert figures(dense, limit)["max_voronoi"] == 2.6
        assert figures(dense, limit)["worst_level"] == "F"


def test_the_flow_through_a_crowd_is_not_told() -> None:
    crossed = FirstCrossings(np.arange(5) * 100, np.arange(5), np.ones(5))
    times = {"length_m": 2.0, "covered_s": 600.0}
    sparse = line_flow(crossed, near=series([0.5] * 600), limit=1.0, **times)
    assert (sparse.persons, sparse.beyond_s) == (5, 0)
    assert sparse.peak_specific_flow is not None
    dense = line_flow(crossed, near=series([0.5] * 500 + [1.5] * 100), limit=1.0, **times)
    assert (dense.persons, dense.specific_flow, dense.mean_speed, dense.beyond_s) == (None, None, None, 100)
    rare = line_flow(crossed, near=series([0.5] * 599 + [1.5]), limit=1.0, **times)
    assert (rare.persons, rare.peak_specific_flow) == (5, None)
