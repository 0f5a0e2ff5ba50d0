"""Several cameras in one picture."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from heatcli.picture.contact_sheet import Tile, contact_sheet
from heatcli.picture.files import read_picture
from tests.support.command_line import answer, done, refused, run


def plain(grey: int, width: int, height: int) -> NDArray[np.uint8]:
    return np.full((height, width, 3), grey, np.uint8)


def test_pictures_stand_from_left_to_right_and_keep_their_shape() -> None:
    tiles = [
        Tile("one", plain(100, 400, 300)),
        Tile("two", plain(150, 200, 100)),
        Tile("three", plain(200, 400, 200)),
    ]
    sheet = contact_sheet(tiles, 2)
    for grey, left in ((100, True), (150, False), (200, True)):
        x = np.flatnonzero((sheet == grey).all(axis=2).sum(axis=0) > 50)
        assert (x.max() < sheet.shape[1] / 2) == left
        assert x.max() - x.min() + 1 == 400
    # Scaled to the same width, 100 x 200 is as high as 400 x 200 is.
    heights = [int(((sheet == grey).all(axis=2).sum(axis=1) > 50).sum()) for grey in (100, 150, 200)]
    assert heights == [300, 200, 200]
    assert contact_sheet(tiles, 1).shape[1] < sheet.shape[1] / 1.9


def test_a_camera_with_nothing_to_show_is_pale_and_says_so() -> None:
    sheet = contact_sheet([Tile("off", plain(240, 400, 300), "nobody came")], 1)
    assert not (sheet == 240).all(axis=2).any()
    # The words are lighter than the pale ground.
    assert (sheet[100:250] > 150).any()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three cameras: one person in the left of the first, ten at one place of the second, none later."""
    folder = tmp_path_factory.mktemp("cameras")
    for camera, people in (("alpha", 1), ("beta & <b>", 10)):
        lines = [f"{n},{p},100,100,20,80,1" for n in range(1, 51) for p in range(1, people + 1)]
        (folder / "gt.txt").write_text("\n".join(lines))
        start = "2026-03-14T10:00" if camera == "alpha" else "2026-03-14T11:00"
        fixed = f"--format mot --size 640x360 --fps 10 --start {start} --quiet".split()
        done(run("import", folder / "gt.txt", "--camera", camera, *fixed, "--store", folder / "store"))
    return folder / "store"


def rendered(store: Path, output: Path, *options: str) -> tuple[NDArray[np.uint8], dict[str, Any]]:
    fixed = ["--columns", "2", "--background", "none", "--json", "--no-display-legend"]
    told = answer(run("render", "--store", store, "-o", output, *fixed, *options))
    return read_picture(output), told


def hottest(sheet: NDArray[np.uint8]) -> list[int]:
    """How saturated the left and the right half of a sheet get."""
    strength = np.ptp(sheet.astype(int), axis=2)
    half = sheet.shape[1] // 2
    return [int(strength[:, :half].max()), int(strength[:, half:].max())]


def test_cameras_share_a_scale_or_have_their_own(store: Path, tmp_path: Path) -> None:
    shared, summary = rendered(store, tmp_path / "shared.png", "--min-display-threshold", "0.2")
    own, _ = rendered(store, tmp_path / "own.png", "--min-display-threshold", "0.2", "--scale", "own")
    # A tenth of the other's heat is below the threshold of a shared scale.
    assert hottest(shared)[0] == 0
    assert min(hottest(own)) > 60
    assert [camera["camera"] for camera in summary["cameras"]] == ["alpha", "beta & <b>"]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["own.png", "shared.png"]


def test_a_camera_that_was_off_is_shown_as_such(store: Path, tmp_path: Path) -> None:
    sheet, summary = rendered(store, tmp_path / "one.png", "--to", "2026-03-14T10:30")
    assert hottest(sheet)[0] > 60
    assert hottest(sheet)[1] == 0
    cameras = summary["cameras"]
    assert isinstance(cameras, list)
    assert [camera["covered_s"] for camera in cameras] == [5.0, 0.0]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["-o", "grid.npz", "--columns", "2"], "grid.npz"),
        (["-o", "one.png"], "--columns"),
        (["--columns", "0"], "--columns"),
        (["--camera", "alpha", "-o", "x.csv", "--flow"], "--flow is drawn; name a picture"),
        (["--camera", "alpha", "--scale", "own"], "add --columns"),
        (["--camera", "alpha", "--scale", "own", "--on", "floor"], "add --columns"),
        (["--camera", "alpha", "--scale", "shared", "-o", "x.mp4"], "add --columns"),
        (["--columns", "2", "--paths", "--scale", "own"], "leave out --scale"),
        (["--paths", "--metric", "unique_visits"], "leave out --metric"),
        (["--paths", "--opacity", "1", "--flow"], "leave out --opacity"),
        (["--paths", "--density"], "leave out --density"),
        (["--paths", "--on", "floor"], "none of these cameras has a floor"),
    ],
)
def test_what_cannot_be_laid_out_is_refused(store: Path, folder: Path, options: list[str], said: str) -> None:
    assert said in refused(run("render", "--store", store, *options))
    assert list(folder.iterdir()) == []
