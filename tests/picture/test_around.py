"""What is around a map, or not there at all: axes, and a transparent ground."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from heatcli.heat.extent import Extent
from heatcli.picture.axes import axis_ticks, with_axes
from heatcli.picture.overlay import overlay
from heatcli.picture.transparent import see_through
from heatcli.store.store import Store
from tests.support.command_line import done, refused, run

Picture = NDArray[np.uint8]


def laid_over(layer: Picture, ground: Picture) -> NDArray[np.float64]:
    """Lay a BGRA picture over a BGR one."""
    opacity = layer[..., 3:] / 255
    return layer[..., :3] * opacity + ground * (1 - opacity)


def test_a_layer_laid_over_a_picture_is_what_is_drawn_on_it() -> None:
    rng = np.random.default_rng(5)
    ground = rng.integers(0, 256, (40, 60, 3), np.uint8)
    fraction, table = rng.random((40, 60)), rng.uniform(0, 255, (256, 3)).astype(np.float32)

    def draw(on: Picture) -> Picture:
        return overlay(on, fraction, table=table, threshold=0.3, opacity=0.7)

    layer = see_through(draw, width=60, height=40)
    assert (layer[fraction < 0.3, 3] == 0).all()
    assert np.abs(laid_over(layer, ground) - draw(ground)).max() <= 2


@pytest.mark.parametrize("command", ["render", "render --density", "render --flow", "render --axes"])
def test_a_transparent_map_is_heat_alone(truth_store: Store, command: str, folder: Path) -> None:
    where = ("--store", truth_store.path)
    done(run(*command.split(), *where, "--background", "transparent", "-o", "layer.png"))
    done(run(*command.split(), *where, "-o", "scene.png"))
    layer = cv2.imread("layer.png", cv2.IMREAD_UNCHANGED)
    scene = cv2.imread("scene.png")
    assert layer is not None
    assert scene is not None
    assert layer.shape == (*scene.shape[:2], 4)
    assert 0.2 < (layer[..., 3] == 0).mean() < 0.99
    assert (layer[..., 3] > 100).any()


def test_what_has_no_transparency_is_refused(truth_store: Store, folder: Path) -> None:
    layer = ("render", "--store", truth_store.path, "--background", "transparent")
    assert "x.jpg: has no transparency; name a .png file" in refused(run(*layer, "-o", "x.jpg"))
    assert "leave out --paths and --columns" in refused(run(*layer, "--paths"))
    assert "leave out --columns" in refused(
        run("render", "--store", truth_store.path, "--axes", "--columns", "1")
    )


@given(
    begin=st.floats(-1e6, 1e6),
    length=st.floats(1e-3, 1e6),
    at_most=st.integers(2, 40),
)
def test_ticks_are_round_numbers_in_their_places(begin: float, length: float, at_most: int) -> None:
    ticks = axis_ticks(begin, length, at_most=at_most)
    assert len(ticks) <= at_most
    numbers = [float(text) for _, text in ticks]
    for (part, _), number in zip(ticks, numbers, strict=True):
        assert 0 <= part <= 1
        assert begin + part * length == pytest.approx(number, abs=1e-6 * length + 1e-9 * abs(begin))
    steps = np.diff(numbers)
    assert np.allclose(steps, steps[:1], rtol=1e-6)
    # From one step to the next there are at most two and a half times as many.
    assert len(ticks) >= max(1, (at_most - 2) // 2.5)


def test_axes_leave_the_picture_as_it_is() -> None:
    picture = np.random.default_rng(1).integers(0, 256, (90, 160, 3), np.uint8)
    framed = with_axes(picture, Extent(-3.2, 0.5, 16, 9), "m")
    found = cv2.matchTemplate(framed, picture, cv2.TM_SQDIFF)
    _, _, (left, top), _ = cv2.minMaxLoc(found)
    assert (framed[top : top + 90, left : left + 160] == picture).all()
    assert (framed[:, : left - 1] < 100).any()
    assert (framed[top + 91 :] < 100).any()


def test_each_kind_of_map_has_axes(truth_store: Store, folder: Path) -> None:
    plain, axes = (("render", "--store", truth_store.path, *more) for more in ((), ("--axes",)))
    for kind in ((), ("--paths",), ("--density",)):
        done(run(*plain, *kind, "-o", "plain.png"))
        done(run(*axes, *kind, "-o", "axes.png"))
        small, large = (cv2.imread(f"{name}.png") for name in ("plain", "axes"))
        assert small is not None
        assert large is not None
        assert all(a > b for a, b in zip(large.shape[:2], small.shape[:2], strict=True))
    Path("points.csv").write_text("x_m,y_m\n1.5,2\n3,4\n2,3.2\n")
    done(run("render", "--density", "--points", "points.csv", "--axes", "-o", "points.png"))
    done(
        run("render", "--density", "--points", "points.csv", "--background", "transparent", "-o", "layer.png")
    )
    layer = cv2.imread("layer.png", cv2.IMREAD_UNCHANGED)
    assert layer is not None
    assert layer.shape[2] == 4
