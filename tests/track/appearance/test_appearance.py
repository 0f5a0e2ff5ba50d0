"""Who looks like whom: drawn people whose clothes are known, and descriptors whose spread is."""

import numpy as np
import pytest

from heatcli.track.appearance.appearance import clear_view, look
from heatcli.track.appearance.colours import Colours
from tests.support.drawn_people import BLACK_BLUE, CLOTHES, RED_BLUE, described, draw


def test_clothes_are_known_again_under_other_light_and_before_another_wall() -> None:
    before = np.stack([described(clothes, seed=1) for clothes in CLOTHES])
    for light in (0.6, 1.5):
        after = np.stack([described(clothes, light=light, floor=110, seed=2) for clothes in CLOTHES])
        assert ((before @ after.T).argmax(axis=1) == np.arange(len(CLOTHES))).all()


@pytest.mark.parametrize("light", [0.6, 1.5])
def test_a_grey_coat_in_other_light_is_not_taken_for_a_darker_one(light: float) -> None:
    grey, dark = ((120, 120, 120), RED_BLUE[1]), ((72, 72, 72), RED_BLUE[1])
    mine = described(grey)
    assert mine @ described(grey, light=light, seed=1) > mine @ described(dark, seed=2)


@pytest.mark.parametrize("floor", [20, 240])
def test_the_background_counts_little(floor: int) -> None:
    other = described(RED_BLUE) @ described(BLACK_BLUE)
    for clothes in CLOTHES:
        moved = described(clothes) @ described(clothes, floor=floor, seed=1)
        assert 1 - moved < (1 - other) / 2


def test_who_is_near_looks_as_from_afar() -> None:
    near = draw(RED_BLUE, box=(10, 2, 66, 142))
    far = draw(RED_BLUE, box=(100, 30, 112, 60), seed=5)
    (a,) = Colours().describe(near, np.array([[10.0, 2, 66, 142]]))
    (b,) = Colours().describe(far, np.array([[100.0, 30, 112, 60]]))
    others = [described(clothes) for clothes in CLOTHES if clothes != RED_BLUE]
    assert a @ b > max(a @ other for other in others)


def test_what_is_mostly_outside_the_frame_is_unknown() -> None:
    boxes = np.array([[60.0, 20, 100, 120], [-30, 20, 10, 120], [170, 20, 260, 120], [400, 400, 440, 500]])
    descriptors = Colours().describe(draw(RED_BLUE), boxes)
    assert np.isfinite(descriptors[0]).all()
    np.testing.assert_allclose(np.linalg.norm(descriptors[0]), 1, rtol=1e-5)
    assert np.isnan(descriptors[1:]).all()


def test_a_frame_without_people_has_no_looks() -> None:
    looks = look(Colours(), draw(RED_BLUE), np.zeros((0, 4), np.float32))
    assert looks.describe(np.zeros(0, np.intp)).shape == (0, 60)
    assert looks.clear.shape == (0,)


@pytest.mark.parametrize(
    ("other", "clear"),
    [
        pytest.param((65, 40, 105, 130), False, id="somebody in front"),
        pytest.param((65, 0, 105, 90), True, id="somebody behind"),
        pytest.param((95, 40, 135, 130), True, id="an elbow in front"),
        pytest.param((130, 40, 160, 130), True, id="somebody aside"),
    ],
)
def test_who_stands_in_front_spoils_the_view(other: tuple[int, ...], clear: bool) -> None:
    boxes = np.array([[60.0, 20, 100, 120], other])
    assert clear_view(boxes, width=176, height=144)[0] == clear


@pytest.mark.parametrize(
    "box", [(0, 20, 40, 120), (60, 1, 100, 120), (140, 20, 175.5, 120), (60, 50, 100, 144)]
)
def test_the_edge_of_the_frame_spoils_the_view(box: tuple[float, ...]) -> None:
    assert not clear_view(np.array([box]), width=176, height=144)[0]
