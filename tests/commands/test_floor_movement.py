"""How people move over a floor plan, how dense they are there, and where they stood, as files."""

import resource
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from heatcli.config.calibration import calibration_of
from heatcli.config.models import load_config
from heatcli.heat.floor import Floor, View
from heatcli.heat.grid import Grid
from heatcli.heat.on_plan import shares_of_time
from heatcli.intervals import Intervals
from heatcli.picture.files import read_picture
from heatcli.select.reader import read_rows
from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.store.store import Store
from tests.support.command_line import answer, done, refused, run
from tests.support.floor_scenes import DEPTH, FRONT, SIDE, WIDTH, homography
from tests.support.places import SAMPLES

CONFIG = SAMPLES / "heatcli.toml"
DAY = ("export", "daily", "--start", "2026-03-14", "--format", "coordinates")


@pytest.fixture(autouse=True)
def place(folder: Path) -> Path:
    return folder


def on_floor(store: Store, *options: str) -> list[object]:
    return ["render", "--store", store.path, "--config", CONFIG, "--on", "floor", *options]


def test_coordinates_are_the_feet_on_the_plan(truth_store: Store) -> None:
    told = answer(run(*DAY, "--store", truth_store.path, "--config", CONFIG, "--json"))
    (file,) = told["files"]
    assert file == "daily-2026-03-14/coordinates-store.csv"
    table = pl.read_csv(file)
    assert table.columns == ["x_coords", "y_coords", "x_m", "y_m", "time", "person"]
    config = load_config(CONFIG)
    (camera,) = selected_cameras(truth_store, Selection(), config)
    calibration = calibration_of("store", config)
    assert calibration is not None
    rows = next(read_rows(camera))
    metres = calibration.projection.apply(rows.points(camera.tracking_mode) / rows.size)
    at = {tuple(np.round(one, 2)) for one in metres.tolist()}
    found = table.select("x_m", "y_m").to_numpy()
    assert len(at.intersection(tuple(np.round(one, 2)) for one in found.tolist())) > 0.9 * len(at) - 300
    assert np.abs(table["x_coords"].to_numpy() * 0.016 - table["x_m"].to_numpy()).max() < 1e-3
    assert table["time"][0].startswith("2026-03-14T10:00:0")
    assert table["time"][0].endswith("+01:00")
    assert table["person"].n_unique() == camera.trajectories["person"].n_unique()


def test_coordinates_are_points_for_a_density(truth_store: Store) -> None:
    done(run(*DAY, "--store", truth_store.path, "--config", CONFIG))
    points = ("--points", "daily-2026-03-14/coordinates-store.csv", "--background", SAMPLES / "plan.png")
    done(run("render", "--density", *points, "-o", "points.npz"))
    done(run(*on_floor(truth_store, "--density", "-o", "floor.npz")))
    with np.load("points.npz") as a, np.load("floor.npz") as b:
        # All rows of the sample stand for the same time, so one is the other times a number.
        both = np.isfinite(b["value"])
        points_value, floor_value = a["value"][both], b["value"][both]
        scale = floor_value.sum() / points_value.sum()
        assert np.abs(points_value * scale - floor_value).max() < 0.01 * floor_value.max()
        assert str(b["unit"]) == "object-seconds per m²"
        # Its integral over the floor is the time of all who stood on it.
        rows, columns = b["value"].shape
        height, width = read_picture(SAMPLES / "plan.png").shape[:2]
        cell_m2 = (width * 0.016 / columns) * (height * 0.016 / rows)
        seconds = len(pl.read_csv("daily-2026-03-14/coordinates-store.csv")) / 12.5
        assert np.nansum(b["value"]) * cell_m2 == pytest.approx(seconds, rel=0.15)


@pytest.mark.parametrize("kind", ["--flow", "--paths", "--density", "--paths --flow", "--columns 1"])
def test_a_plan_shows_what_a_picture_shows(truth_store: Store, kind: str) -> None:
    done(run(*on_floor(truth_store, "-o", "heat.png")))
    done(run(*on_floor(truth_store, *kind.split(), "-o", "other.png")))
    heat, other = read_picture(Path("heat.png")), read_picture(Path("other.png"))
    if kind != "--columns 1":
        assert heat.shape == other.shape
    assert heat.shape != other.shape or (heat != other).any(axis=2).mean() > 0.005


def test_without_a_floor_there_are_no_coordinates(truth_store: Store) -> None:
    line = refused(run(*DAY, "--store", truth_store.path))
    assert "no camera has a floor" in line


def test_a_full_disk_leaves_no_half_of_the_coordinates(truth_store: Store) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500, limits[1]))
    try:
        result = run(*DAY, "--store", truth_store.path, "--config", CONFIG, "--quiet")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr
    assert not list(Path().rglob("coordinates*"))


def test_a_plan_that_has_moved_costs_only_the_coordinates(truth_store: Store, tmp_path: Path) -> None:
    (tmp_path / "heatcli.toml").write_text(CONFIG.read_text())
    result = done(
        run(
            *("export", "daily", "--start", "2026-03-14", "--format", "csv,coordinates"),
            *("--store", truth_store.path, "--config", tmp_path / "heatcli.toml"),
        )
    )
    assert "coordinates-store.csv: is not written; " in result.stderr
    assert "plan.png: there is no such plan; cameras.store.floor names it" in result.stderr
    assert Path("daily-2026-03-14/time.csv").exists()
    assert not Path("daily-2026-03-14/coordinates-store.csv").exists()


def test_a_day_on_which_nobody_stood_there_has_a_header(truth_store: Store) -> None:
    done(run(*DAY, "--store", truth_store.path, "--config", CONFIG, "--min-dwell", "9999"))
    table = pl.read_csv("daily-2026-03-14/coordinates-store.csv")
    assert len(table) == 0
    assert table.columns[:2] == ["x_coords", "y_coords"]


def test_a_second_counts_once_where_cameras_overlap() -> None:
    floor = Floor(Grid(64, 96), WIDTH, DEPTH)
    views = [View.of(homography(one), np.ones((180, 320), np.bool_)) for one in (FRONT, SIDE)]
    hour = 3_600_000_000
    both = [Intervals.of([[0, 2 * hour]]), Intervals.of([[hour, 2 * hour]])]
    shares = shares_of_time(list(zip(views, both, strict=True)), floor)
    alone = [shares_of_time([pair], floor) for pair in zip(views, both, strict=True)]
    first, second = (np.isfinite(one) for one in alone)
    assert (first & second).any()
    assert (first ^ second).any()
    assert np.allclose(shares[first & second], 2 / 3)
    assert np.allclose(shares[first ^ second], 1.0)
    assert np.isnan(shares[~first & ~second]).all()
    silent = shares_of_time(list(zip(views, [both[0], Intervals.of([])], strict=True)), floor)
    assert np.array_equal(silent, alone[0], equal_nan=True)
