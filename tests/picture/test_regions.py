"""Heat maps of regions of interest."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from heatcli.picture.files import read_picture
from heatcli.store.store import Store
from tests.support.command_line import done, run

CONFIG = "[cameras.store.regions]\nwest = [[0.1, 0.4], [0.5, 0.4], [0.5, 0.9], [0.1, 0.9]]\n"
# The region in pixels of the frame, and the room that its outline takes around it.
LEFT, RIGHT, TOP, BOTTOM, LINE = 64, 320, 144, 324, 4


@pytest.fixture(autouse=True)
def west(folder: Path) -> None:
    """Configure the region."""
    (folder / "heatcli.toml").write_text(CONFIG)


def drawn(store: Store, command: str, *, roi: str | None = "west") -> NDArray[np.int64]:
    """Return how colourful each pixel is: all but the heat is grey."""
    chosen = [] if roi is None else ["--roi", roi]
    options = ["--store", store.path, "--background", "none", "--no-display-legend", "-o", "picture.png"]
    done(run(*command.split(), *options, *chosen))
    colours: NDArray[np.int64] = np.ptp(read_picture(Path("picture.png")).astype(np.int64), axis=2)
    return colours


@pytest.mark.parametrize(
    "command",
    ["render", "render --density", "render --flow", "render --min-display-threshold 0", "render --columns 1"],
)
def test_heat_is_drawn_in_the_region_only(truth_store: Store, command: str) -> None:
    whole, region = drawn(truth_store, command, roi=None), drawn(truth_store, command)
    # Several cameras in one picture have a border, and their names above them.
    down, across = (short - long for short, long in zip(whole.shape, (360, 640), strict=True))
    top, left = TOP + down - across // 2, LEFT + across // 2
    inside = np.zeros(whole.shape, np.bool_)
    inside[top - LINE : top + BOTTOM - TOP + LINE, left - LINE : left + RIGHT - LEFT + LINE] = True
    assert (whole[~inside] > 30).sum() > 1000
    assert not region[~inside].any()
    assert (region[inside] > 30).sum() > 1000


def test_a_named_region_says_its_name_and_one_that_was_drawn_has_none(truth_store: Store) -> None:
    corners = "0.1,0.4,0.5,0.4,0.5,0.9,0.1,0.9"
    above = slice(TOP - 25, TOP - LINE), slice(LEFT, RIGHT)
    bright = {}
    for roi in ("west", corners):
        drawn(truth_store, "render", roi=roi)
        bright[roi] = int((read_picture(Path("picture.png"))[above] > 150).sum())
    assert bright["west"] > 50
    assert bright[corners] == 0
