"""A fisheye camera on the ceiling: whatever tells of the floor tells the same of all its parts."""

import io
import json
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray

from heatcli.commands.import_mot import import_mot
from heatcli.config.calibration import calibration_of
from heatcli.config.models import load_config
from heatcli.errors import ConfigError
from heatcli.picture.files import read_picture, write_picture
from heatcli.store.store import Store
from tests.support.ceiling import FOCAL, FPS, HALL, SIZE, mot_lines, seen_at, walkers
from tests.support.command_line import answer, done, refused, run
from tests.support.store_runs import clip_row, put

CAMERA_M, SPEED, SCALE = 3.0, 1.4, 0.05
PEOPLE = 60
POINTS = np.array([(4, 4), (20, 4), (20, 20), (4, 20), (12, 9), (15, 12), (10, 13), (12, 16.0)])
SQUARES = {"middle": (10.0, 10.0), "rim": (1.0, 10.0), "corner": (2.0, 2.0)}
SIDE_M = 4.0
PLAN = np.full((round(HALL[1] / SCALE), round(HALL[0] / SCALE), 3), 255, np.uint8)
DAY = ("export", "daily", "--start", "2026-03-20", "--format", "trajectories-m")


def fractions(places: NDArray[np.float64]) -> list[list[float]]:
    found: list[list[float]] = (seen_at(places, 0.0, CAMERA_M) / SIZE).round(6).tolist()
    return found


def square(corner: tuple[float, float]) -> NDArray[np.float64]:
    """Corners of a square on the floor, and points along its sides, which the lens bends."""
    along = np.linspace(0, 1, 8, endpoint=False)[:, None]
    ends = np.array(corner) + SIDE_M * np.array([(0, 0), (1, 0), (1, 1), (0, 1)])
    return np.concatenate([a + along * (b - a) for a, b in zip(ends, np.roll(ends, -1, axis=0), strict=True)])


def configuration(lens: str, viewpoint: str = "top") -> str:
    points = [
        f"{{ image = {image}, plan = {[x / SCALE, y / SCALE]} }}"
        for image, (x, y) in zip(fractions(POINTS), POINTS.tolist(), strict=True)
    ]
    zones = [f"{name} = {{ polygon = {fractions(square(corner))} }}" for name, corner in SQUARES.items()]
    return (
        f'[cameras.hall]\nviewpoint = "{viewpoint}"\n[cameras.hall.zones]\n' + "\n".join(zones) + "\n"
        f'[cameras.hall.floor]\nplan = "plan.png"\nmetres_per_pixel = {SCALE}\n'
        f"points = [{', '.join(points)}]\n{lens}"
    )


FISHEYE = f'lens = {{ model = "fisheye", size = {list(SIZE)}, focal = {FOCAL} }}\n'


@pytest.fixture
def hall(folder: Path) -> Path:
    write_picture(folder / "plan.png", PLAN)
    walk = walkers(PEOPLE, speed=SPEED, camera_m=CAMERA_M)
    (folder / "gt.txt").write_text("\n".join(mot_lines(walk)))
    import_mot(
        Store.create_or_open(folder / "heat-store"),
        file=folder / "gt.txt",
        camera="hall",
        width=SIZE[0],
        height=SIZE[1],
        fps=FPS,
        start="2026-03-20T10:00:00Z",
        frames=len(walk.places),
    )
    (folder / "heatcli.toml").write_text(configuration(FISHEYE))
    return folder


def test_people_walk_as_fast_near_the_rim_as_in_the_middle(hall: Path) -> None:
    (told,) = answer(run("zone", "--flow", "--json"))["cameras"]
    found = {zone["name"]: zone["total"] for zone in told["flow"]["zones"]}
    for name in SQUARES:
        assert found[name]["area_m2"] == pytest.approx(SIDE_M**2, rel=0.01)
        assert found[name]["mean_speed"] == pytest.approx(SPEED, abs=0.03)
    # The picture of half a sphere shows all of the hall.
    assert told["flow"]["method"]["floor_seen_m2"] == pytest.approx(HALL.prod(), rel=0.001)


def test_paths_and_maps_are_where_people_walk(hall: Path) -> None:
    (file,) = answer(run(*DAY, "--json"))["files"]
    paths = pd.read_csv(io.StringIO(Path(file).read_text()), sep="\t", comment="#", header=None)
    walk = walkers(PEOPLE, speed=SPEED, camera_m=CAMERA_M)
    true = walk.places[paths[1].to_numpy()]
    places = paths[[2, 3]].to_numpy()
    off = np.linalg.norm(true - places[:, None], axis=2).min(axis=1)
    assert np.percentile(off, 90) < 0.35
    assert len(paths) > 0.95 * (((walk.places >= 0) & (walk.places < HALL)).all(axis=2)).sum()
    heat = (
        "render",
        "--on",
        "floor",
        "--reach",
        0,
        "--smoothing",
        0,
        "--grid-resolution",
        6,
        "-o",
        "heat.npz",
    )
    answer(run(*heat, "--json"))
    inside = ((walk.places >= 0) & (walk.places < HALL)).all(axis=2)
    counted, _, _ = np.histogram2d(
        walk.places[inside][:, 1], walk.places[inside][:, 0], bins=6, range=((0.0, 24.0), (0.0, 24.0))
    )
    per_m2 = np.load("heat.npz")["value"]
    np.testing.assert_allclose(per_m2 * 16, counted / FPS, rtol=0.15, atol=2)


def test_the_speed_is_the_same_in_all_cells(hall: Path) -> None:
    render = ("render", "--on", "floor", "--mean-speed", "--grid-resolution", 12)
    (told,) = answer(run(*render, "-o", "speed.npz", "--json"))["floors"]
    assert told["metric"] == "mean_speed"
    assert told["unit"] == "m/s"
    assert told["cell_m"] == [2.0, 2.0]
    speed = np.load("speed.npz")["value"]
    walk = walkers(PEOPLE, speed=SPEED, camera_m=CAMERA_M)
    inside = ((walk.places >= 0) & (walk.places < HALL)).all(axis=2)
    x, y = walk.places[inside].T
    people, _, _ = np.histogram2d(y, x, bins=12, range=((0.0, 24.0), (0.0, 24.0)))
    # A second of people, or 10 moments, is needed: empty cells have no speed, and full ones have.
    assert np.isnan(speed[people == 0]).all()
    assert np.isfinite(speed[people > 20]).all()
    assert (people > 20).sum() > 100
    np.testing.assert_allclose(speed[people > 20], SPEED, atol=0.15)
    assert np.median(np.abs(speed[people > 20] - SPEED)) < 0.03
    assert "mean speed over 1 s in cells of 2 × 2 m with 1 s of people" in done(run(*render)).output


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "--mean-speed is in metres, which only a floor plan tells; add --on floor"),
        (("--on", "floor", "--reach", 1), "leave out --reach"),
        (("--on", "floor", "--density"), "leave out --density"),
    ],
)
def test_options_that_do_nothing_for_speeds(folder: Path, options: tuple[object, ...], message: str) -> None:
    assert message in refused(run("render", "--mean-speed", *options))


@pytest.mark.slow
def test_a_gis_reads_what_happened_on_the_plan(hall: Path) -> None:
    command = ("export", "daily", "--start", "2026-03-20", "--format", "geojson,geoparquet")
    json_file, parquet_file = (Path(file) for file in answer(run(*command, "--json"))["files"])
    tables = geopandas.read_parquet(parquet_file), geopandas.read_file(json_file)
    walk = walkers(PEOPLE, speed=SPEED, camera_m=CAMERA_M)
    inside = ((walk.places >= 0) & (walk.places < HALL)).all(axis=2)
    for table in tables:
        assert table.geometry.is_valid.all()
        by_kind = dict(iter(table.groupby("kind")))
        assert set(by_kind) == {"plan", "zone", "cell", "path"}
        assert by_kind["plan"].total_bounds.tolist() == [0, 0, 24, 24]
        zones = by_kind["zone"].set_index("name").geometry
        np.testing.assert_allclose(zones.area, SIDE_M**2, rtol=0.01)
        # 2 m from the left, and as much from the upper edge: y is upwards.
        np.testing.assert_allclose(zones["corner"].bounds, (2, 18, 6, 22), atol=0.05)
        paths = by_kind["path"]
        assert paths["person"].nunique() == (inside.sum(axis=0) > 5).sum()
        long = paths[paths["seconds"] > 3]
        assert np.median(long["length_m"] / long["seconds"]) == pytest.approx(SPEED, abs=0.03)
        np.testing.assert_allclose(long.geometry.length, long["length_m"], rtol=0.03)
        assert paths["from"].astype(str).str.startswith("2026-03-20").all()
        cells = by_kind["cell"]
        np.testing.assert_allclose(cells.area, 0.25)
        assert cells["seconds"].sum() == pytest.approx(inside.sum() / FPS, rel=0.05)
        speed = cells["mean_speed"].dropna()
        assert len(speed) < len(cells)
        assert np.median(speed) == pytest.approx(SPEED, abs=0.05)
    # Neither is taken for a place on the earth.
    assert tables[0].crs is None
    assert tables[1].crs.type_name == "Engineering CRS"
    # The metadata that GeoParquet 1.1 asks for.
    metadata = pq.read_metadata(parquet_file).metadata
    geo = json.loads(metadata[b"geo"])
    assert geo["version"] == "1.1.0"
    column = geo["columns"][geo["primary_column"]]
    assert column["encoding"] == "WKB"
    assert column["geometry_types"] == ["LineString", "Polygon"]
    assert column["crs"] is None
    np.testing.assert_allclose(column["bbox"], tables[0].total_bounds)
    for about in (json.loads(metadata[b"heatcli"]), json.loads(json_file.read_text())["heatcli"]):
        assert (about["camera"], about["plan"]) == ("hall", "plan.png")
        assert about["coordinates"].startswith("metres, x to the right and y upwards")


def test_the_calibration_is_drawn_and_told(folder: Path) -> None:
    write_picture(folder / "plan.png", PLAN)
    (folder / "heatcli.toml").write_text(configuration(FISHEYE))
    row = clip_row("hall", "0" * 16, frames=3, width=SIZE[0], height=SIZE[1])
    plate = np.full((SIZE[1], SIZE[0], 3), 90, np.uint8)
    put(Store.create_or_open(folder / "heat-store"), row, plate=plate, tracks=1)
    told = answer(run("cameras", "--check-floor", "hall", "--json"))
    assert told["camera_height_m"] == pytest.approx(CAMERA_M, abs=0.01)
    assert told["rms_error_m"] < 0.01
    picture = read_picture(Path("floor-hall.png"))
    # Lines of metres that do not go through the middle of the picture are bows.
    places = np.array([(14.5, 9.0), (17.0, 9.5), (6.0, 14.5)])
    for x, y in np.rint(seen_at(places, 0.0, CAMERA_M)).astype(int).tolist():
        assert picture[y - 2 : y + 3, x - 2 : x + 3].min(axis=2).max() > 200


@pytest.mark.parametrize(
    ("lens", "viewpoint", "message"),
    [
        (FISHEYE, "side", 'cameras.hall: its fisheye looks straight down.* say viewpoint = "top"'),
        ("", "top", "contradict each other by"),
        (
            f"lens = {{ size = {list(SIZE)}, focal = {FOCAL}, k1 = -0.5 }}\n",
            "top",
            "point 1 is where the lens",
        ),
        ("lens = { size = [720, 720] }\n", "top", "either a focal length, with its coefficients, or lines"),
        ("lens = { size = [720, 720], focal = 500, k4 = 0.1 }\n", "top", "k4: is no coefficient"),
        (
            "lens = { size = [720, 720], lines = [[[0.1, 0.1], [0.5, 0.5], [0.9, 0.9]]] }\n",
            "top",
            "floor.lens: its lines have too few points",
        ),
        (
            "lens = { size = [720, 720], k1 = 0.1, lines = [[[0.1, 0.1], [0.5, 0.5], [0.9, 0.9]]] }\n",
            "top",
            "k1: is of a lens that was measured",
        ),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, lens: str, viewpoint: str, message: str) -> None:
    file = tmp_path / "heatcli.toml"
    file.write_text(configuration(lens, viewpoint))
    with pytest.raises(ConfigError, match=message):
        calibration_of("hall", load_config(file))
