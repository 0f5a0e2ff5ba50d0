"""Heat maps of regions of interest."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

from heatcli.cli.app import app
from heatcli.picture.files import read_picture
from tests.support.places import SAMPLES

CONFIG = "[cameras.store.regions]\nwest = [[0.1, 0.4], [0.5, 0.4], [0.5, 0.9], [0.1, 0.9]]\n"
# The region in pixels of the frame, and the room that its outline takes around it.
LEFT, RIGHT, TOP, BOTTOM, LINE = 64, 320, 144, 324, 4


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("regions")
    (folder / "heatcli.toml").write_text(CONFIG)
    run(
        "import", str(SAMPLES / "store.gt.txt"), "--store", str(folder / "store"), "--camera", "store",
        "--format", "mot", "--size", "640x360", "--fps", "12.5", "--start", "2026-03-14T10:00",
    )  # fmt: skip
    return folder


def run(*arguments: str) -> None:
    ran = CliRunner().invoke(app, list(arguments))
    assert ran.exit_code == 0, ran.output


def drawn(shop: Path, command: str, *, roi: str | None = "west") -> NDArray[np.int64]:
    """Return how colourful each pixel is: all but the heat is grey."""
    picture = shop / "picture.png"
    options = ["--store", f"{shop}/store", "--config", f"{shop}/heatcli.toml", "--background", "none"]
    chosen = [] if roi is None else ["--roi", roi]
    run(*command.split(), *options, *chosen, "--no-display-legend", "-o", str(picture))
    colours: NDArray[np.int64] = np.ptp(read_picture(picture).astype(np.int64), axis=2)
    return colours


@pytest.mark.parametrize(
    "command",
    ["render", "render --density", "render --flow", "render --min-display-threshold 0", "render --columns 1"],
)
def test_heat_is_drawn_in_the_region_only(shop: Path, command: str) -> None:
    whole, region = drawn(shop, command, roi=None), drawn(shop, command)
    # Several cameras in one picture have a border, and their names above them.
    down, across = (short - long for short, long in zip(whole.shape, (360, 640), strict=True))
    top, left = TOP + down - across // 2, LEFT + across // 2
    inside = np.zeros(whole.shape, np.bool_)
    inside[top - LINE : top + BOTTOM - TOP + LINE, left - LINE : left + RIGHT - LEFT + LINE] = True
    assert (whole[~inside] > 30).sum() > 1000
    assert not region[~inside].any()
    assert (region[inside] > 30).sum() > 1000


def test_a_named_region_says_its_name_and_one_that_was_drawn_has_none(shop: Path) -> None:
    corners = "0.1,0.4,0.5,0.4,0.5,0.9,0.1,0.9"
    above = slice(TOP - 25, TOP - LINE), slice(LEFT, RIGHT)
    bright = {}
    for roi in ("west", corners):
        drawn(shop, "render", roi=roi)
        bright[roi] = int((read_picture(shop / "picture.png")[above] > 150).sum())
    assert bright["west"] > 50
    assert bright[corners] == 0
