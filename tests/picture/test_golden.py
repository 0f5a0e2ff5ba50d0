"""Pictures look as they did when somebody last looked at them."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from heatcli.picture.files import read_picture
from tests.support.golden import COMMANDS, FOLDER, draw, make_store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("golden") / "store"
    make_store(path)
    return path


def difference(picture: NDArray[np.uint8], kind: str) -> float:
    """Return how many pixels in a hundred differ by more than rounding and the edges of letters explain."""
    golden = read_picture(FOLDER / f"{kind}.png")
    assert picture.shape == golden.shape
    off = np.abs(picture.astype(int) - golden.astype(int)).max(axis=2)
    return 100 * float((off > 12).mean())


@pytest.mark.parametrize("kind", COMMANDS)
def test_pictures_look_as_they_did(kind: str, store: Path, tmp_path: Path) -> None:
    assert difference(draw(COMMANDS[kind], store, tmp_path), kind) < 0.3


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("heat", "--opacity 0.6"),
        ("heat", "--color-map jet"),
        ("heat", "--min-display-threshold 0.1"),
        ("heat", "--smoothing 99"),
        ("heat", "--reach 0.06"),
        ("heat", "--no-display-legend"),
        ("heat", "--tracking-mode centroid"),
        ("flow", "--no-display-legend"),
        ("region", "--opacity 0.6"),
        ("density", "--bandwidth 12"),
        ("floor", "--reach 0.6"),
        ("compare", "--opacity 0.6"),
    ],
)
def test_a_changed_look_is_noticed(kind: str, change: str, store: Path, tmp_path: Path) -> None:
    assert difference(draw(f"{COMMANDS[kind]} {change}", store, tmp_path), kind) > 0.6
