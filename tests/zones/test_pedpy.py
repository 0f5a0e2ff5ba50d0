"""Density, speed and flow, as PedPy computes them from the same trajectories."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pedpy
import pytest
import shapely
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from heatcli.zones.moments import MOMENT_US, RATE, ConstantRate, Moments
from heatcli.zones.speed_grid import SpeedGrid, mean_speeds
from heatcli.zones.voronoi import voronoi_cells, voronoi_density
from heatcli.zones.walking import SPEED_STEP, crossing_steps, flows, speeds
from tests.zones.test_moments import SCALE, rows_of

Floats = NDArray[np.float64]
EXACT = 1e-6
HALL = np.array([12.0, 8.0])


def walks(seed: int, *, people: int = 60, moments: int = 150) -> Moments:
    """Random walks in a hall of 12 x 8 m, which begin and end at random."""
    random = np.random.default_rng(seed)
    parts = []
    for person in range(people):
        first, last = sorted(random.choice(moments, 2, replace=False).tolist())
        count = last - first + 1
        steps = random.normal(random.normal(0, 0.08, 2), 0.05, (count, 2))
        way = random.uniform((1, 1), (11, 7)) + np.cumsum(steps, axis=0)
        # Walls send people back.
        xy = np.abs((way + HALL) % (2 * HALL) - HALL)
        number = np.full(count, person)
        parts.append(Moments(np.arange(first, last + 1), number, number, xy))
    return Moments.joined(parts)


def real(file: Path) -> Moments:
    """The true paths of vtest, which has 10 frames per second, in metres of the world."""
    table = np.loadtxt(file, delimiter=",")
    frame, person = table[:, 0].astype(np.int64), table[:, 1].astype(np.int64)
    # Whoever leaves and comes back begins a new piece.
    order = np.lexsort((frame, person))
    begins = np.append(True, (np.diff(person[order]) != 0) | (np.diff(frame[order]) != 1))
    piece = np.empty(len(order), np.int64)
    piece[order] = np.cumsum(begins) - 1
    return Moments.joined([Moments(frame, piece, piece, table[:, 7:9])])


def street(folder: Path) -> Moments:
    """The true paths of the street, by its camera's own calibration, at ten moments a second."""
    lines = (line.split(" = ") for line in (folder / "street-1080p.calibration.ci").read_text().splitlines())
    value = {name: float(number) for name, number in lines}
    focal, centre = value["FocalLengthX"], (value["PrincipalPointX"], value["PrincipalPointY"])
    lens = np.array([[focal, 0, centre[0]], [0, value["FocalLengthY"], centre[1]], [0, 0, 1]])
    distortion = np.array([value[f"Distortion{name}"] for name in ("K1", "K2", "P1", "P2")])
    table = np.loadtxt(folder / "street-1080p.gt.txt", delimiter=",")
    feet = np.column_stack([table[:, 2] + table[:, 4] / 2, table[:, 3] + table[:, 5]])
    straight = cv2.undistortPoints(feet[:, None], lens, distortion)[:, 0]
    turn = Rotation.from_quat([value[f"Rotation{name}"] for name in "XYZW"]).as_matrix()
    move = np.array([value[f"Translation{name}"] for name in "XYZ"])
    # Where a ray meets the ground, z = 0 in metres of the world.
    rays, eye = np.column_stack([straight, np.ones(len(straight))]) @ turn, -turn.T @ move
    xy = (eye - rays * (eye[2] / rays[:, 2:]))[:, :2]
    xy -= xy.min(axis=0) - 1
    times = ((table[:, 0] - 1) * 1e6 / 30).round().astype(int).tolist()
    paths = ConstantRate(SCALE)
    people = table[:, 1].astype(int).tolist()
    first = paths.add(rows_of(list(zip(times, people, *(xy / SCALE).T.tolist(), strict=True))))
    return Moments.joined([first, paths.rest()])


@pytest.fixture(params=["random 1", "random 2", "vtest", "street"])
def paths(request: pytest.FixtureRequest) -> Moments:
    if request.param == "vtest":
        return real(request.getfixturevalue("test_data") / "vtest.gt.txt")
    if request.param == "street":
        return street(request.getfixturevalue("test_data"))
    return walks(int(request.param.split()[1]))


def trajectories(paths: Moments) -> pedpy.TrajectoryData:
    table = pd.DataFrame({"id": paths.piece, "frame": paths.moment, "x": paths.xy[:, 0], "y": paths.xy[:, 1]})
    return pedpy.TrajectoryData(data=table, frame_rate=RATE)


def staying(paths: Moments) -> Moments:
    """The same, with everybody one moment longer where they were last."""
    order = np.lexsort((paths.moment, paths.piece))
    last = paths[order[np.append(np.diff(paths.piece[order]) != 0, True)]]
    return Moments.joined([paths, replace(last, moment=last.moment + 1)])


def middle(paths: Moments, left_out: float = 25) -> tuple[Floats, Floats]:
    """Corners of the middle of where people are, without some percent on each side."""
    low, high = np.percentile(paths.xy, (left_out, 100 - left_out), axis=0)
    return low, high


def floor_of(paths: Moments) -> shapely.Polygon:
    low, high = paths.xy.min(axis=0) - 0.5, paths.xy.max(axis=0) + 0.5
    return shapely.box(*low, *high)


def area_of(paths: Moments) -> shapely.Polygon:
    """A trapezoid, as a zone of a picture is on the floor."""
    (left, top), (right, bottom) = middle(paths)
    across = (right - left) / 5
    return shapely.Polygon([(left, top), (right, top), (right - across, bottom), (left + across, bottom)])


@pytest.mark.parametrize("step", [1, SPEED_STEP])
def test_individual_speeds(paths: Moments, step: int) -> None:
    single = pedpy.SpeedCalculation.BORDER_SINGLE_SIDED
    theirs = pedpy.compute_individual_speed(
        traj_data=trajectories(paths), frame_step=step, speed_calculation=single
    )
    ours = pd.DataFrame({"id": paths.piece, "frame": paths.moment, "ours": speeds(paths, step)})
    both = theirs.merge(ours, on=["id", "frame"])
    assert len(both) == len(paths)
    np.testing.assert_allclose(both["ours"], both["speed"], atol=EXACT)


def test_people_in_the_street_walk_as_people_do(test_data: Path) -> None:
    speed = speeds(street(test_data))
    assert 1.2 < np.nanmedian(speed[speed > 0.5]) < 1.6


def test_classic_density(paths: Moments) -> None:
    area = area_of(paths)
    theirs = pedpy.compute_classic_density(
        traj_data=trajectories(paths), measurement_area=pedpy.MeasurementArea(area)
    )
    first = int(paths.moment.min())
    inside = shapely.contains_xy(area, *paths.xy.T)
    ours = np.bincount(paths.moment[inside] - first, minlength=len(theirs)) / area.area
    assert ours.max() > 0
    np.testing.assert_allclose(ours, theirs["density"], atol=EXACT)


def test_voronoi_density(paths: Moments) -> None:
    some = paths[paths.moment % 5 == 0]
    floor, area = floor_of(paths), area_of(paths)
    cells = pedpy.compute_individual_voronoi_polygons(
        traj_data=trajectories(some), walkable_area=pedpy.WalkableArea(floor)
    )
    theirs, _ = pedpy.compute_voronoi_density(
        individual_voronoi_data=cells, measurement_area=pedpy.MeasurementArea(area)
    )
    theirs = theirs.set_index("frame")["density"]
    for moment in np.unique(some.moment).tolist():
        ours = voronoi_cells(some.xy[some.moment == moment], floor)
        assert shapely.area(ours).sum() == pytest.approx(floor.area)
        assert voronoi_density(ours, area) == pytest.approx(theirs[moment], abs=EXACT)


def test_n_t_and_flow(paths: Moments) -> None:
    # Slanted, across the longer way through the middle.
    low, high = middle(paths, left_out=5)
    along, across = (high - low) * np.eye(2)[np.argsort(low - high)]
    centre = (low + high) / 2
    ends = np.array([centre - across / 2 - along / 9, centre + across / 2 + along / 9])
    line = pedpy.MeasurementLine(ends.tolist())
    # PedPy leaves out the last step of each path; heatcli counts whoever crosses in it.
    data = trajectories(staying(paths))
    n_t, first = pedpy.compute_n_t(traj_data=data, measurement_line=line)
    crossed = crossing_steps(paths, ends)
    person, at = np.unique(paths.piece[crossed], return_index=True)
    moment = paths.moment[crossed][at]
    assert len(person) >= 4
    assert dict(zip(person.tolist(), moment.tolist(), strict=True)) == dict(
        zip(first["id"].tolist(), first["frame"].tolist(), strict=True)
    )
    moment = np.sort(moment)
    np.testing.assert_array_equal(
        np.searchsorted(moment, n_t["frame"], side="right"), n_t["cumulative_pedestrians"]
    )
    single = pedpy.SpeedCalculation.BORDER_SINGLE_SIDED
    speed = pedpy.compute_individual_speed(traj_data=data, frame_step=SPEED_STEP, speed_calculation=single)
    window = 2 * RATE
    theirs = pedpy.compute_flow(
        nt=n_t, crossing_frames=first, individual_speed=speed, delta_frame=window, frame_rate=RATE
    )
    ours, _ = flows(moment, int(paths.moment[-1]) + 1, window)
    assert len(ours) > 1
    np.testing.assert_allclose(ours, theirs["flow"], atol=EXACT)


def test_the_mean_speed_in_cells(paths: Moments) -> None:
    """The speed profile by `MEAN`, of which every frame weighs as many people as were in the cell."""
    cell = 1.0
    xy = paths.xy - paths.xy.min(axis=0) + 0.25
    walking = replace(paths, xy=xy)
    columns, rows = np.ceil(xy.max(axis=0) / cell).astype(int).tolist()
    seen = zip(
        (paths.moment * MOMENT_US).tolist(), paths.piece.tolist(), *(xy / SCALE).T.tolist(), strict=True
    )
    grid = SpeedGrid((rows, columns), (cell, cell), metres_per_pixel=SCALE)
    all_rows = rows_of(list(seen))
    for part in np.array_split(np.arange(len(all_rows)), 3):
        grid.add(all_rows.where(part))
    grid.finish()
    data = trajectories(walking)
    single = pedpy.SpeedCalculation.BORDER_SINGLE_SIDED
    speed = pedpy.compute_individual_speed(traj_data=data, frame_step=SPEED_STEP, speed_calculation=single)
    table = data.data.merge(speed, on=["id", "frame"])
    table = table[np.isfinite(table["speed"])]
    floor = pedpy.WalkableArea(shapely.box(0, 0, columns * cell, rows * cell))
    profile = {"walkable_area": floor, "grid_size": cell}
    means = pedpy.compute_speed_profile(data=table, speed_method=pedpy.SpeedMethod.MEAN, **profile)
    densities = pedpy.compute_density_profile(
        data=table, density_method=pedpy.DensityMethod.CLASSIC, **profile
    )
    people = np.array(densities)[:, ::-1, :] * cell**2
    total = (np.nan_to_num(np.array(means))[:, ::-1, :] * people).sum(axis=0)
    enough = people.sum(axis=0) >= 10 - 1e-6
    ours = mean_speeds([grid])
    np.testing.assert_array_equal(np.isfinite(ours), enough)
    assert enough.sum() > 15
    # Boxes are stored in single precision: a millionth of 100 metres.
    np.testing.assert_allclose(ours[enough], (total / people.sum(axis=0).clip(1))[enough], atol=1e-5)
