"""The sample clip: what is committed is what the script draws, and its truth lies on the drawn people."""

import tomllib
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from heatcli.config.calibration import Calibration
from heatcli.config.places import FloorConfig
from heatcli.picture.files import read_picture
from samples import make_store
from samples.shop import plan
from samples.shop.camera import Camera
from samples.shop.film import FPS, FRAMES, Film
from samples.shop.gait import Itinerary
from samples.shop.scene import CAMERA, FURNITURE
from samples.shop.script import people

SAMPLES = Path(make_store.__file__).parent

Floats = NDArray[np.float64]


@pytest.fixture(scope="module")
def truth() -> Floats:
    """Rows of frame, id, left, top, width, height, 1, X, Y, 0."""
    return np.loadtxt(SAMPLES / "store.gt.txt", delimiter=",")


@pytest.fixture(scope="module")
def film() -> Film:
    return make_store.film()


@pytest.fixture(scope="module")
def configuration() -> dict[str, Any]:
    return tomllib.loads((SAMPLES / "heatcli.toml").read_text(encoding="utf-8"))


def test_the_clip_has_the_documented_size_rate_and_length() -> None:
    assert (SAMPLES / "store.mp4").stat().st_size < 2_000_000
    with av.open(str(SAMPLES / "store.mp4")) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height, stream.pix_fmt) == (640, 360, "yuv420p")
        assert stream.codec_context.name == "h264"
        assert stream.time_base is not None
        stamps = [frame.pts * stream.time_base for frame in container.decode(stream) if frame.pts is not None]
    assert len(stamps) == FRAMES
    assert {after - before for before, after in pairwise(stamps)} == {Fraction(2, 25)}
    assert FRAMES / FPS == 72.0


def test_truth_is_inside_frame_and_shop(truth: Floats) -> None:
    left, top, width, height = truth[:, 2:6].T
    assert (left >= 0).all()
    assert (top >= 0).all()
    assert (left + width <= 640).all()
    assert (top + height <= 360).all()
    assert height.min() > 55
    assert set(truth[:, 0]) == set(range(1, FRAMES + 1))


def test_everybody_is_in_the_truth_in_one_piece(truth: Floats) -> None:
    ids = np.unique(truth[:, 1])
    assert ids.tolist() == list(range(1, 14))
    for number in ids:
        frames = truth[truth[:, 1] == number, 0]
        assert np.diff(frames).tolist() == [1] * (len(frames) - 1)
    staff = truth[truth[:, 1] == 1]
    assert len(staff) == FRAMES


def test_bottom_of_a_box_is_where_its_person_stands(truth: Floats) -> None:
    """The floor position goes through the camera to within a step of the middle of the box's bottom edge."""
    points = np.column_stack([truth[:, 7:9], np.zeros(len(truth))])
    x, y, _ = CAMERA.project(points).T
    whole = (truth[:, 2] > 0) & (truth[:, 2] + truth[:, 4] < 640) & (truth[:, 3] + truth[:, 5] < 360)
    height = truth[whole, 5]
    aside = np.abs(truth[whole, 2] + truth[whole, 4] / 2 - x[whole]) / height
    below = np.abs(truth[whole, 3] + truth[whole, 5] - y[whole]) / height
    assert np.median(aside) < 0.06
    assert np.median(below) < 0.08
    assert aside.max() < 0.35
    assert below.max() < 0.25


def test_nobody_walks_through_furniture_or_each_other(truth: Floats) -> None:
    x, y = truth[:, 7:9].T
    for x0, x1, y0, y1, _ in FURNITURE:
        assert not ((x > x0 - 0.05) & (x < x1 + 0.05) & (y > y0 - 0.05) & (y < y1 + 0.05)).any()
    for frame in np.unique(truth[:, 0]):
        places = truth[truth[:, 0] == frame, 7:9]
        apart = np.hypot(*(places[:, None] - places).transpose(2, 0, 1))
        # Less than the width of shoulders: where two squeeze past each other, they turn aside.
        assert apart[np.triu_indices(len(places), 1)].min() > 0.25


def test_the_script_makes_the_committed_truth_again(truth: Floats) -> None:
    lines = (SAMPLES / "store.gt.txt").read_text(encoding="utf-8").splitlines()
    for index in (0, 1, 437):
        made = list(make_store.mot_lines(index, make_store.draw(index)[1]))
        assert made == [line for line in lines if line.startswith(f"{index + 1},")]


def test_the_committed_clip_shows_the_drawn_pixels(film: Film) -> None:
    drawn = film.frame(0)[0].astype(np.float64)
    with av.open(str(SAMPLES / "store.mp4")) as container:
        shown = next(container.decode(video=0)).to_ndarray(format="rgb24").astype(np.float64)
    # Noise of 4 grey levels, which compression takes away, and the colours that it thins out.
    assert np.sqrt(np.mean((drawn - shown) ** 2)) < 9


def test_a_frame_depends_on_seed_and_number_alone(film: Film) -> None:
    other = Film(people(), make_store.SEED)
    other.frame(300)
    first, again = film.frame(120), other.frame(120)
    assert np.array_equal(first[0], again[0])
    assert first[1] == again[1]
    assert not np.array_equal(first[0], film.frame(121)[0])


def test_configuration_is_what_the_script_writes(configuration: dict[str, Any]) -> None:
    assert (SAMPLES / "heatcli.toml").read_text(encoding="utf-8") == make_store.configuration()
    camera = configuration["cameras"]["store"]
    assert configuration["timezone"] == "Europe/Zagreb"
    assert camera["detector"] == "motion"
    assert (SAMPLES / camera["sources"][0]).is_file()
    assert set(camera["zones"]) == {"till", "shelf", "entrance", "staff"}


def test_the_floor_plan_is_what_the_script_draws_and_lies_where_people_walk(
    configuration: dict[str, Any], truth: Floats
) -> None:
    drawn = cv2.cvtColor(plan.draw(), cv2.COLOR_RGB2BGR)
    assert np.array_equal(read_picture(SAMPLES / "plan.png"), drawn)
    floor = FloorConfig.model_validate(configuration["cameras"]["store"]["floor"])
    calibration = Calibration.of("store", floor, SAMPLES)
    assert calibration.worst_m < 0.005
    feet = np.column_stack([truth[:, 2] + truth[:, 4] / 2, truth[:, 3] + truth[:, 5]]) / (640, 360)
    found = calibration.projection.apply(feet) / floor.metres_per_pixel
    true = np.array([plan.on_plan((x, y)) for x, y in truth[:, 7:9].tolist()])
    # where the whole figure is in the picture; the middle of its box is not quite where it stands
    whole = truth[:, 3] + truth[:, 5] < 360
    assert np.median(np.linalg.norm(found - true, axis=1)[whole]) * floor.metres_per_pixel < 0.3


def test_zones_lie_where_people_do_what_they_are_named_for(
    configuration: dict[str, Any], truth: Floats
) -> None:
    """The staff zone holds the staff's time and nobody else's; everybody who comes in passes the entrance."""
    zones = configuration["cameras"]["store"]["zones"]
    corners = np.concatenate([zone["polygon"] for zone in zones.values() if "polygon" in zone])
    assert corners.min() >= 0
    assert corners.max() <= 1
    inside = {name: _in_polygon(zones[name]["polygon"], truth) for name in ("shelf", "entrance", "staff")}
    is_staff = truth[:, 1] == 1
    assert inside["staff"][is_staff].mean() > 0.9
    assert inside["staff"][~is_staff].mean() < 0.05
    came_in = {row[1] for row in truth if row[0] > 1} - set(truth[truth[:, 0] == 1, 1])
    assert came_in <= set(truth[inside["entrance"], 1])
    x, y, radius = zones["till"]["circle"]
    bottom = truth[:, 2] + truth[:, 4] / 2, truth[:, 3] + truth[:, 5]
    at_till = np.hypot(bottom[0] - x * 640, bottom[1] - y * 360) <= radius * 640
    assert len(set(truth[at_till, 1])) >= 6
    assert len(set(truth[inside["shelf"], 1])) >= 3


def _in_polygon(corners: list[list[float]], truth: Floats) -> NDArray[np.bool_]:
    """Whether the middle of each box's bottom edge is in a convex polygon given in fractions of the frame."""
    points = np.column_stack([truth[:, 2] + truth[:, 4] / 2, truth[:, 3] + truth[:, 5]])
    polygon = np.array(corners) * (640, 360)
    edges = np.roll(polygon, -1, axis=0) - polygon
    offsets = points[:, None] - polygon
    sides = edges[:, 0] * offsets[..., 1] - edges[:, 1] * offsets[..., 0]
    return np.asarray((sides >= 0).all(axis=1) | (sides <= 0).all(axis=1))


def test_feet_on_the_ground_do_not_slide() -> None:
    walk = Itinerary(time=0.0, place=(0.0, 0.0), heading=0.0, height=1.75, speed=1.2)
    walk.walk((3.0, 0.5), (4.0, 3.0))
    motion = walk.motion()
    for side in (0, 1):
        for before, after in pairwise(motion.steps[side]):
            times = np.linspace(before.end, after.begin, 5, endpoint=False)
            places = {(foot.place.x, foot.place.y) for foot in (motion.foot(side, t) for t in times)}
            assert places == {(before.target.x, before.target.y)}
            assert before.target == after.origin
    assert np.hypot(*np.diff(motion.places, axis=0).T).sum() == pytest.approx(5.5, abs=0.4)


def test_camera_sees_what_its_rays_pass_through() -> None:
    camera = Camera(640, 360, 478.0, (0.3, -0.2, 3.4), 0.4, -0.1)
    rays = camera.rays(100, 50, 103, 52)
    points = (np.array(camera.position) + 7.0 * rays).reshape(-1, 3)
    x, y = np.meshgrid([100.5, 101.5, 102.5], [50.5, 51.5])
    np.testing.assert_allclose(
        camera.project(points), np.column_stack([x.ravel(), y.ravel(), np.full(6, 7.0)])
    )
