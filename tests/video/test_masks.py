"""Privacy masks: nothing behind them gets into the store, in rows or in pictures."""

from pathlib import Path

import cv2
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatcli.store.store import Store
from heatcli.video.masks import black_out
from heatcli.video.reader import VideoReader
from tests.support.command_line import done, run
from tests.support.still_clips import FAR, people, still_clip

corners = st.tuples(*[st.floats(0, 1)] * 2)


@given(st.tuples(corners, corners, corners), st.integers(20, 60), st.integers(20, 60))
def test_a_triangle_is_black_and_little_more(
    mask: tuple[tuple[float, float], ...], width: int, height: int
) -> None:
    image = np.full((height, width, 3), 200, np.uint8)
    black_out(image, [mask])
    outline = (np.array(mask) * (width, height)).astype(np.float32)
    for y in range(height):
        for x in range(width):
            distance = cv2.pointPolygonTest(outline, (x + 0.5, y + 0.5), measureDist=True)
            if distance > 0:
                assert image[y, x].tolist() == [0, 0, 0]
            if distance < -3:
                assert image[y, x].tolist() == [200, 200, 200]


@pytest.mark.parametrize(("x", "is_seen"), [(163.0, True), (150.0, False)])
def test_who_passes_beside_a_mask_is_new_and_who_is_behind_it_is_not(
    tmp_path: Path, x: float, is_seen: bool
) -> None:
    """A far person is as wide as a block or two of those that pictures are compared in."""
    comes = people((1.0, 9.0, lambda _: (x, FAR, 60)))
    clip = still_clip(tmp_path / "a.mp4", comes, seconds=2, noise=0)
    mask = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
    with VideoReader(clip, masks=[mask]) as masked:
        first, *_, last = (window.picture.blocks for window in masked.windows(2.5, skip_quiet=True))
    assert first is not None
    assert last is not None
    assert (np.abs(last - first).max() > 10) == is_seen


def test_frames_come_masked(walkers: Path) -> None:
    mask = ((0.0, 0.5), (1.0, 0.5), (1.0, 1.0), (0.0, 1.0))
    with VideoReader(walkers) as plain, VideoReader(walkers, masks=[mask]) as masked:
        for whole, cut in zip(plain.frames(5), masked.frames(5), strict=True):
            assert not cut.image[90:].any()
            assert (cut.image[:86] == whole.image[:86]).all()


def test_what_is_masked_is_never_analysed(walkers: Path, tmp_path: Path) -> None:
    """One of the two people walks in the lower half; the other one is found as without a mask."""

    def analyze(masks: str) -> dict[str, list[float]]:
        (tmp_path / "heatcli.toml").write_text(f'[cameras.a]\ndetector = "motion"\n{masks}')
        where = ["--store", tmp_path / "store", "--config", tmp_path / "heatcli.toml"]
        done(run("analyze", walkers, "--camera", "a", *where))
        runs = [clip.run for clip in Store.open(tmp_path / "store").clips("a")]
        rows = pl.read_delta(str(tmp_path / "store" / "tracks")).filter(pl.col("run").is_in(runs))
        return {"lower": rows.filter(pl.col("y2") > 115)["y2"].to_list(), "upper": rows["y1"].to_list()}

    assert len(analyze("")["lower"]) >= 70
    found = analyze("masks.floor = [[0.0, 0.62], [1.0, 0.62], [1.0, 1.0], [0.0, 1.0]]\n")
    assert found["lower"] == []
    assert 70 <= len(found["upper"]) <= 80
    (clip,) = Store.open(tmp_path / "store").clips("a")
    assert clip.plate is not None
    plate = cv2.imread(str(tmp_path / "store" / clip.plate))
    assert plate is not None
    # Black before it is compressed; what compression adds comes from what is beside the mask.
    assert plate[112:].max() <= 4
    assert plate[:108].min() > 50
