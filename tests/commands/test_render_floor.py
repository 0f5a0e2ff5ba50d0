"""`heatcli render --on floor` and `heatcli cameras --check-floor`: from a configuration to pictures."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from typer.testing import Result

from heatcli.commands.import_mot import import_mot
from heatcli.picture.files import read_picture, write_picture
from heatcli.store.store import Store
from tests.support.command_line import answer, done, refused, run
from tests.support.floor_scenes import (
    DEPTH,
    FRONT,
    METRES_PER_PIXEL,
    SIDE,
    WIDTH,
    Floats,
    homography,
    image_of,
)
from tests.support.store_runs import clip_row, put

# The plan is drawn at a quarter of the scale.
SCALE = 4 * METRES_PER_PIXEL
PLAN = round(WIDTH / SCALE), round(DEPTH / SCALE)
PLACES = np.array([(3, 4), (13, 5), (2, 21), (14, 20), (8, 12), (9, 9.0)])
FRAMES = 20


def floor_of(image: Floats, places: Floats = PLACES, *, plan: str = "plan.png", scale: float = SCALE) -> str:
    points = [
        f"{{ image = [{u:.6f}, {v:.6f}], plan = [{x / scale:.3f}, {(DEPTH - y) / scale:.3f}] }}"
        for (u, v), (x, y) in zip(image.tolist(), places.tolist(), strict=True)
    ]
    return f'plan = "{plan}"\nmetres_per_pixel = {scale}\npoints = [{", ".join(points)}]\n'


def configured(**floors: str) -> None:
    tables = [f"[cameras.{name}]\n[cameras.{name}.floor]\n{floor}" for name, floor in floors.items()]
    Path("heatcli.toml").write_text("\n".join(tables))


def plate() -> NDArray[np.uint8]:
    return np.full((180, 320, 3), 90, np.uint8)


@pytest.fixture
def shop(folder: Path) -> Path:
    """A store with three cameras, of which two look at the same floor; and a white plan."""
    write_picture(folder / "plan.png", np.full((PLAN[1], PLAN[0], 3), 255, np.uint8))
    store = Store.create_or_open(folder / "heat-store")
    # everybody stands still, track n at 10 n + 4, 40 in pixels
    for number, camera in enumerate(("front", "side", "yard")):
        clip = f"{number:016x}"
        put(store, clip_row(camera, clip, frames=FRAMES, width=320, height=180), plate=plate(), tracks=20)
    configured(front=floor_of(image_of(FRONT, PLACES)), side=floor_of(image_of(SIDE, PLACES)))
    return folder


def on_floor(*options: object) -> Result:
    return run("render", "--on", "floor", *options)


def check(camera: str, *options: object) -> Result:
    return run("cameras", "--check-floor", camera, *options)


def test_cameras_of_one_plan_make_one_picture(shop: Path) -> None:
    told = answer(on_floor("--json"))
    assert told["without_floor"] == ["yard"]
    (floor,) = told["floors"]
    assert Path(floor["plan"]) == (shop / "plan.png").resolve()
    name = "heat-plan-dwell_time-2026-03-15.png"
    assert floor["output"] == name
    assert (floor["unit"], floor["covered_s"]) == ("object-seconds", 20.0)
    front, side = floor["cameras"]
    assert (front["camera"], side["camera"]) == ("front", "side")
    for camera in (front, side):
        assert camera["points"] == len(PLACES)
        assert camera["rms_error_m"] <= camera["max_error_m"] < 0.01
        assert (
            camera["rows"] + camera["above_horizon"] + camera["cut_off"] + camera["off_plan"] == 20 * FRAMES
        )
    picture = read_picture(shop / name)
    assert picture.shape == (PLAN[1], PLAN[0], 3)


def test_people_are_where_they_stood_for_as_long_as_they_did(shop: Path) -> None:
    standing = np.array([(8.0, 12.0), (5.0, 9.0), (12.0, 8.0)])
    feet = image_of(FRONT, standing) * (320, 180)
    boxes = [f"{n + 1},{x - 2:.4f},{y - 20:.4f},4,20,1" for n, (x, y) in enumerate(feet.tolist())]
    Path("gt.txt").write_text("".join(f"{frame},{box}\n" for frame in range(1, 51) for box in boxes))
    start = "2026-03-20T10:00:00"
    file = Path("gt.txt")
    store = Store.open(shop / "heat-store")
    import_mot(store, file=file, camera="front", width=320, height=180, fps=1, start=start)
    asked = ("--camera", "front", "--from", "2026-03-20")
    (floor,) = answer(on_floor(*asked, "-o", "heat.npz", "--json"))["floors"]
    (camera,) = floor["cameras"]
    assert (camera["rows"], camera["persons"], camera["off_plan"]) == (150, 3, 0)
    with np.load("heat.npz") as heat:
        value, unit, name = heat["value"], str(heat["unit"]), str(heat["camera"])
        assert (int(heat["width"]), int(heat["height"])) == PLAN
    assert (unit, name) == ("object-seconds", "front")
    # where the camera sees nothing there is no number, and what is nearest to it is out of its sight
    assert np.isnan(value[-1]).all()
    assert np.isfinite(value[len(value) // 2]).all()
    cell_m = WIDTH / value.shape[1], DEPTH / value.shape[0]
    for x, y in standing.tolist():
        row, column = int((DEPTH - y) / cell_m[1]), int(x / cell_m[0])
        assert value[row, column] == pytest.approx(50, rel=0.1)
        assert value[row, column + round(1.5 / cell_m[0])] < 1
    done(on_floor(*asked, "--reach", "0", "-o", "cells.npz"))
    with np.load("cells.npz") as heat:
        assert (str(heat["unit"]), float(heat["reach"])) == ("object-seconds per m²", 0)
        assert np.nansum(heat["value"]) * cell_m[0] * cell_m[1] == pytest.approx(150, rel=0.03)
    done(on_floor(*asked, "-o", "heat.csv"))
    lines = Path("heat.csv").read_text().splitlines()
    assert lines[0] == "row,column,x_px,y_px,dwell_time,dwell_time_raw,reach"
    assert lines[-1].endswith(",,,0.5")


def test_a_mask_is_hatched_and_a_region_is_all_that_is_asked_for(shop: Path) -> None:
    done(on_floor("--camera", "front", "-o", "whole.npz"))
    text = Path("heatcli.toml").read_text()
    mask = "[cameras.front.masks]\ndesk = [[0.4, 0.4], [0.6, 0.4], [0.6, 0.6], [0.4, 0.6]]\n"
    Path("heatcli.toml").write_text(text + mask)
    done(on_floor("--camera", "front", "-o", "masked.npz"))
    Path("heatcli.toml").write_text(text)
    roi = "0.4,0.4,0.6,0.4,0.6,0.6,0.4,0.6"
    done(on_floor("--camera", "front", "-o", "roi.npz", "--roi", roi))
    known = {name: np.isfinite(np.load(f"{name}.npz")["value"]) for name in ("whole", "masked", "roi")}
    rows, columns = known["whole"].shape
    x, y = homography(FRONT).apply(np.array([[0.5, 0.5]]))[0] / (WIDTH, DEPTH)
    at = int(y * rows), int(x * columns)
    assert [bool(known[name][at]) for name in ("whole", "masked", "roi")] == [True, False, True]
    # but for the cells at the rim, every part of the floor is in one of the two
    assert (known["masked"] & known["roi"]).mean() < 0.02
    assert (known["whole"] & ~known["masked"] & ~known["roi"]).mean() < 0.02


def test_a_time_in_which_no_camera_watched_or_nobody_came_is_told(shop: Path) -> None:
    result = done(on_floor("--date", "2026-01-01"))
    assert "front, side recorded nothing in that time; the map is empty" in result.stderr
    assert "yard: left out, as heatcli.toml has no floor" in result.stderr
    result = done(on_floor("--roi", "0,0,0.01,0,0.01,0.01"))
    assert "nobody was on plan.png in the" in result.stderr
    assert "6 points fit within 0.0" in result.stderr


def test_a_calibration_that_cannot_be_is_refused(shop: Path) -> None:
    image = image_of(FRONT, PLACES)
    front = ("--camera", "front")
    moved = PLACES.copy()
    moved[3] += (-4, 3)
    configured(front=floor_of(image, moved))
    assert "contradict each other by" in refused(on_floor(*front))
    assert "more than 0.5 m; check number" in refused(on_floor(*front))
    configured(front=floor_of(image[:4], PLACES[[1, 0, 3, 2]]))
    assert "mirrored or from below" in refused(on_floor(*front))
    on_line = image.copy()[:4]
    on_line[:3, 1] = on_line[0, 1] + (on_line[:3, 0] - on_line[0, 0]) * 0.3
    configured(front=floor_of(on_line, PLACES[:4]))
    assert "too many points are on one line" in refused(on_floor(*front))
    configured(front=floor_of(image, scale=SCALE / 2))
    assert "has 200 x 300 pixels; is that the plan of another camera?" in refused(on_floor(*front))
    configured(front=floor_of(image), side=floor_of(image_of(SIDE, PLACES), PLACES, scale=1.01 * SCALE))
    assert "a plan has one scale" in refused(on_floor())


def test_a_missing_plan_and_what_does_not_fit_is_refused(shop: Path) -> None:
    image = image_of(FRONT, PLACES)
    configured(front=floor_of(image, plan="gone.png"))
    missing = "gone.png: there is no such plan; cameras.front.floor names it"
    assert missing in refused(on_floor(), code=1)
    assert "none of these cameras has a floor" in refused(on_floor("--camera", "yard"))
    configured(front=floor_of(image))
    assert "--flow is drawn; name a picture" in refused(on_floor("--flow", "-o", "flow.npz"))
    (shop / "upstairs").mkdir()
    (shop / "upstairs" / "plan.png").write_bytes((shop / "plan.png").read_bytes())
    configured(front=floor_of(image), side=floor_of(image_of(SIDE, PLACES), plan="upstairs/plan.png"))
    assert "plan.png, upstairs/plan.png do not fit into one file" in refused(on_floor())


def test_the_check_draws_the_metres_where_they_are(shop: Path) -> None:
    told = answer(check("front", "--json"))
    assert told["output"] == "floor-front.png"
    assert told["rms_error_m"] < 0.01
    picture = read_picture(shop / "floor-front.png").astype(int)
    assert picture.shape == (180, 320, 3)
    # between the labels and the rings: on a line of the grid it is brighter than half a metre beside it
    on, off = (image_of(FRONT, np.array([(x, y + 0.5) for x in (6.0, 7, 10) for y in (6, 7)]) + shift)
               for shift in ((0, 0), (0.5, 0)))  # fmt: skip
    for line, beside in zip(on * (320, 180), off * (320, 180), strict=True):
        assert bright(picture, line) > bright(picture, beside) + 60
    # above the horizon there is nothing but the plate
    assert (picture[:12] == 90).all()
    done(check("front", "-o", "check.jpg"))
    assert read_picture(shop / "check.jpg").shape == (180, 320, 3)


def bright(picture: NDArray[np.int_], at: Floats) -> int:
    column, row = at.astype(int).tolist()
    return int(picture[row, column - 1 : column + 2, 0].max())


def test_a_check_that_cannot_be_is_refused(shop: Path) -> None:
    assert "camera 'yard' has no floor" in refused(check("yard"))
    assert "means 2 cameras" in refused(check("*r*"))
    assert "no camera 'door' in the store" in refused(check("door"))
    assert "no format has this extension" in refused(check("front", "-o", "x.npz"))
    assert "is for --check-floor" in refused(run("cameras", "-o", "x.png"))
    store = Store.open(shop / "heat-store")
    put(store, clip_row("bare", "f" * 16, width=320, height=180))
    configured(bare=floor_of(image_of(FRONT, PLACES)))
    assert "no picture of camera 'bare'" in refused(check("bare"))
