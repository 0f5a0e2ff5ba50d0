"""Attributes of trajectories: colours that were drawn come back, and select."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import polars as pl
import pytest
from matplotlib.colors import XKCD_COLORS, to_rgb
from numpy.typing import NDArray

from heatcli.config.settings import AnalyzeSettings
from heatcli.detect.base import Detections
from heatcli.errors import UsageError
from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.store.commit import commit_run
from heatcli.store.store import Store
from heatcli.track.appearance.appearance import clear_view
from heatcli.track.appearance.attributes import Sightings
from heatcli.track.appearance.color_names import ColorNames, name_colors
from heatcli.track.observations import Observations
from heatcli.video.frame import Frame
from tests.support.command_line import answer, refused, run
from tests.support.make_clips import aged, write_clip
from tests.support.store_runs import clip_row, track_rows, trajectory_rows

Color = tuple[int, int, int]

# As clothes are, BGR.
BODIES: dict[str, Color] = {
    "black": (32, 30, 30),
    "white": (228, 230, 230),
    "grey": (122, 120, 120),
    "red": (50, 40, 190),
    "orange": (30, 130, 240),
    "yellow": (50, 210, 235),
    "green": (60, 130, 60),
    "blue": (160, 80, 40),
    "purple": (140, 50, 120),
    "pink": (165, 150, 215),
    "brown": (40, 65, 105),
}
SKIN, TROUSERS = (140, 160, 200), (70, 60, 60)
BOX = (60.0, 20.0, 100.0, 120.0)


def picture(light: float, floor: int = 110) -> NDArray[np.float64]:
    return np.full((144, 176, 3), floor * light)


def draw(
    image: NDArray[np.float64], coat: Color, *, light: float = 1.0, box: tuple[float, ...] = BOX
) -> NDArray[np.float64]:
    """Draw somebody into a box: head, coat and trousers."""
    x1, y1, x2, y2 = box
    wide, high = x2 - x1, y2 - y1
    parts = (SKIN, 0.15, 0, 1 / 6), (coat, 0.3, 1 / 6, 0.5), (TROUSERS, 0.25, 0.5, 1)
    for color, half, top, bottom in parts:
        rows = slice(round(y1 + top * high), round(y1 + bottom * high))
        columns = slice(round(x1 + (0.5 - half) * wide), round(x1 + (0.5 + half) * wide))
        image[rows, columns] = np.array(color) * light
    return image


def noisy(image: NDArray[np.float64], seed: int) -> NDArray[np.uint8]:
    noise = np.random.default_rng(seed).normal(0, 5, image.shape)
    return (image + noise).clip(0, 255).astype(np.uint8)


def told_color(image: NDArray[np.uint8], box: tuple[float, ...], *, person: bool) -> str:
    (shares,) = ColorNames().classify(image, np.array([box]), np.array([person]))
    assert shares.sum() == pytest.approx(1, abs=1e-5)
    assert shares.max() > 0.6
    return ColorNames.names[int(shares.argmax())]


@pytest.mark.parametrize("light", [0.6, 0.8, 1.0, 1.2, 1.4])
@pytest.mark.parametrize("name", ColorNames.names)
def test_clothes_have_their_color_in_any_light(name: str, light: float) -> None:
    image = draw(picture(light), BODIES[name], light=light)
    assert told_color(noisy(image, seed=1), BOX, person=True) == name


@pytest.mark.parametrize("name", ColorNames.names)
def test_a_vehicle_has_the_color_of_its_body(name: str) -> None:
    """Dark windows are above it; wheels and a shadow below."""
    image = picture(1.0)
    image[40:60, 50:130] = (45, 40, 40)
    image[60:90, 40:140] = BODIES[name]
    image[90:100, 40:140] = (25, 25, 25)
    assert told_color(noisy(image, seed=2), (40, 40, 140, 100), person=False) == name


def test_colors_have_the_names_that_people_give_them() -> None:
    """Of the survey of xkcd.com, all that is called by one basic word, maybe with dark, light or so."""
    basic = {*ColorNames.names, "gray"}
    mixed = re.compile(r"(ish|y|ly|burnt|rust|violet|lavender|golden|lime|sea ?foam)\b.* |very")
    asked = [
        (to_rgb(value), words[-1].replace("gray", "grey"))
        for name, value in XKCD_COLORS.items()
        if (words := name.removeprefix("xkcd:").split())
        and words[-1] in basic
        and not basic.intersection(words[:-1])
        and not mixed.search(name.removeprefix("xkcd:"))
    ]
    lab = cv2.cvtColor(np.array([[rgb for rgb, _ in asked]], np.float32), cv2.COLOR_RGB2Lab)[0]
    right = [
        ColorNames.names[found] == name
        for found, (_, name) in zip(name_colors(np.asarray(lab, np.float64)), asked, strict=True)
    ]
    assert len(asked) > 250
    assert np.mean(right) > 0.94


def seen(frames: int, boxes: NDArray[np.float32], tracks: list[int]) -> Observations:
    """Return the rows of tracks whose boxes (k, 4) do not move."""
    count = frames * len(boxes)
    track = np.tile(np.array(tracks, np.int32), frames)
    return Observations(
        frame=np.repeat(np.arange(frames, dtype=np.int32), len(boxes)),
        track=track,
        tracklet=track,
        boxes=np.tile(boxes, (frames, 1)),
        confidence=np.ones(count, np.float32),
        class_id=np.zeros(count, np.int32),
        filled=np.zeros(count, np.bool_),
    )


def sightings_of(images: list[NDArray[np.float64]], boxes: NDArray[np.float32]) -> Sightings:
    """Look at frames, one a second, in which the boxes (k, 4) are found."""
    sightings = Sightings(ColorNames(), ("person",))
    height, width = images[0].shape[:2]
    found = Detections(boxes, np.ones(len(boxes), np.float32), np.zeros(len(boxes), np.int32))
    clear = clear_view(boxes, width=width, height=height)
    for number, image in enumerate(images):
        sightings.add(Frame(number, number * 1_000_000, noisy(image, seed=number)), found, clear)
    return sightings


def test_whoever_stands_in_front_gives_nobody_their_color() -> None:
    behind, front = (60.0, 20.0, 100.0, 120.0), (65.0, 30.0, 105.0, 130.0)
    alone = draw(picture(1), BODIES["red"], box=behind)
    both = draw(alone.copy(), BODIES["green"], box=front)
    boxes = np.array([behind, front], np.float32)
    hidden = sightings_of([both] * 4, boxes)
    assert hidden.attributes(seen(4, boxes, [1, 2])) == {2: ("green",)}
    free = sightings_of([alone], boxes[:1])
    assert free.attributes(seen(1, boxes[:1], [1])) == {1: ("red",)}


def test_the_color_is_that_of_the_whole_trajectory() -> None:
    """One of two people turns round now and then: green in front, blue behind."""
    boxes = np.array([BOX, (110.0, 20.0, 150.0, 120.0)], np.float32)
    images = []
    for number in range(8):
        coats = (BODIES["red"], BODIES["blue"] if number % 3 else BODIES["green"])
        image = picture(1)
        for box, coat in zip(boxes.tolist(), coats, strict=True):
            draw(image, coat, box=tuple(box))
        images.append(image)
    sightings = sightings_of(images, boxes)
    assert sightings.attributes(seen(8, boxes, [1, 2])) == {1: ("red",), 2: ("blue", "green")}
    # Of the first frame, only the front is known; and of boxes elsewhere nothing.
    assert sightings.attributes(seen(1, boxes[1:], [5])) == {5: ("green",)}
    assert sightings.attributes(seen(8, boxes + 1, [1, 2])) == {}


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve seconds of four people who walk through, one below the other."""
    rng = np.random.default_rng(1)
    scene = rng.integers(95, 115, (240, 320, 3)).astype(np.float64)
    coats: list[Color | tuple[Color, Color]] = [
        BODIES["red"],
        BODIES["blue"],
        BODIES["black"],
        (BODIES["white"], BODIES["green"]),
    ]

    def frames() -> Iterator[NDArray[np.uint8]]:
        for number in range(120):
            image = scene.copy()
            for lane, coat in enumerate(coats):
                x = 4.0 * (number - 6 - 8 * lane)
                if 0 < x < 290:
                    box = (x, 5.0 + 58 * lane, x + 26, 60.0 + 58 * lane)
                    if isinstance(coat[0], int):
                        draw(image, coat, box=box)
                    else:
                        draw(image, coat[0], box=box)
                        left = image[:, round(x) + 13 : round(x) + 26]
                        left[(left == coat[0]).all(axis=-1)] = coat[1]
            yield noisy(image, seed=number)

    return aged(write_clip(tmp_path_factory.mktemp("street") / "street.mp4", frames(), fps=10))


def test_people_are_selected_by_what_they_wear(street: Path, folder: Path) -> None:
    analyze = ("analyze", street, "--detector", "motion", "--json")
    colors = (*analyze, "--attributes", "color")
    assert answer(run(*colors))["clips"][0]["trajectories"] == 4
    table = pl.read_delta(str(folder / "heat-store" / "trajectories"))
    found = table.sort("median_y")["attributes"].to_list()
    assert found[:3] == [["red"], ["blue"], ["black"]]
    assert set(found[3]) == {"white", "green"}

    everywhere = ("zone", "--polygon", "0,0,1,0,1,1,0,1", "--json", "--objects-to-track")
    for wanted, visitors in (
        ("person.red", 1),
        ("person.red,person.green", 2),
        ("person.green,person.white", 1),
        ("person.pink", 0),
        ("person.red,person", 4),
    ):
        (camera,) = answer(run(*everywhere, wanted))["cameras"]
        assert camera["zones"][0]["total"]["unique_visits"] == visitors, wanted
    (drawn,) = answer(run("render", "--objects-to-track", "person.blue", "--json"))["cameras"]
    assert drawn["persons"] == 1

    for wanted, message in (
        ("person.teal", "no 'person.teal' in the store; a person is black, blue, brown, "),
        ("persn.red", "no kind of object 'persn' in the store; it has 'person'"),
    ):
        assert message in refused(run("render", "--objects-to-track", wanted))

    # Skipped with the same settings, done again with others.
    assert answer(run(*colors))["clips"][0]["status"] == "skipped"
    assert answer(run(*analyze))["clips"][0]["status"] == "analysed"
    assert answer(run(*analyze))["clips"][0]["status"] == "skipped"
    nothing = run("render", "--objects-to-track", "person.red")
    assert "knows no attributes of a person; `heatcli analyze --attributes color`" in refused(nothing)
    Path("heatcli.toml").write_text('[cameras.street]\nattributes = "color"\n')
    assert answer(run(*analyze))["clips"][0]["status"] == "analysed"
    assert answer(run(*colors))["clips"][0]["status"] == "skipped"


def test_a_person_has_what_any_trajectory_of_theirs_has(tmp_path: Path) -> None:
    """Persons 1 and 3 are one; cars are 2 and 4."""
    store = Store.create_or_open(tmp_path / "store")
    row = clip_row()
    worn = [["red"], ["red", "white"], [], None]
    groups = {1: "somebody", 3: "somebody"}
    commit_run(
        store,
        clip=row,
        tracks=[track_rows(row, 4, version=0)],
        trajectories=trajectory_rows(row, 4, groups=groups).with_columns(
            attributes=pl.Series(worn, dtype=pl.List(pl.String))
        ),
        plate=None,
    )

    def tracks(*wanted: str) -> list[int]:
        (camera,) = selected_cameras(store, Selection(objects_to_track=wanted))
        return sorted(camera.trajectories["track"].to_list())

    assert tracks("person.red") == [1, 3]
    assert tracks("car.red") == tracks("car.white") == [2]
    assert tracks("person.red", "car.white") == [1, 2, 3]
    assert tracks("car") == [2, 4]
    with pytest.raises(UsageError, match=r"no 'person\.white' in the store; a person is red"):
        tracks("person.white")


@pytest.mark.parametrize("detector", ["motion", "auto"])
def test_a_model_that_is_missing_is_told_before_anything_is_done(
    street: Path, folder: Path, detector: str
) -> None:
    result = run("analyze", street, "--detector", detector, "--attributes", "x.pt")
    assert "x.pt: no such model; --attributes takes `color`, or the file of a class" in refused(result)


@pytest.mark.slow
def test_labels_of_a_classification_model(street: Path, folder: Path) -> None:
    """A random model that is sure of one label, whatever it sees."""
    from tests.support.make_models import save_random_classifier, save_random_yolo

    save_random_classifier(folder / "labels.pt", sure=True)
    save_random_classifier(folder / "unsure.pt", sure=False)
    analyze = ("analyze", street, "--detector", "motion", "--json", "--attributes")
    assert answer(run(*analyze, "labels.pt"))["clips"][0]["trajectories"] == 4
    table = folder / "heat-store" / "trajectories"
    assert pl.read_delta(str(table))["attributes"].to_list() == [["hi-vis-vest"]] * 4
    assert answer(run(*analyze, "labels.pt"))["clips"][0]["status"] == "skipped"
    (drawn,) = answer(run("render", "--objects-to-track", "person.hi-vis-vest", "--json"))["cameras"]
    assert drawn["persons"] == 4
    # Other weights are other settings.
    assert answer(run(*analyze, "unsure.pt"))["clips"][0]["status"] == "analysed"
    assert run("render", "--objects-to-track", "person.hi-vis-vest").exit_code == 2

    save_random_yolo(folder / "boxes.pt")
    Path("broken.pt").write_bytes(b"no model")
    for name, message in (
        ("boxes.pt", "is a model for detect; --attributes takes one for classify"),
        ("broken.pt", "broken.pt: ultralytics cannot load it"),
    ):
        wrong = run(*analyze, name)
        assert wrong.exit_code == 1
        assert message in wrong.stderr


def test_settings_without_attributes_are_what_they_were() -> None:
    from heatcli.analysis.plan import settings_json
    from heatcli.detect.base import DetectorIdentity

    motion = DetectorIdentity("motion", None, None)
    assert "attributes" not in json.loads(
        settings_json(AnalyzeSettings(), motion, reid_sha256=None, attributes=None)
    )
