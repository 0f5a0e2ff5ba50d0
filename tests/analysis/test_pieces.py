"""Long clips in pieces: whoever goes on after a kill has the rows of a run that nobody disturbed."""

import errno
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from polars.testing import assert_frame_equal

from heatcli.analysis import follow
from heatcli.analysis.concerns import Concern
from heatcli.analysis.options import Options
from heatcli.analysis.progress import ClipResult
from heatcli.commands.analyze import analyze_clips
from heatcli.detect.base import Detections
from heatcli.detect.motion import MotionDetector
from heatcli.names import DetectorChoice
from heatcli.store.store import Store
from heatcli.video.frame import Frame
from tests.support.make_clips import aged, damage, together, write_clip
from tests.support.places import ROOT
from tests.support.still_clips import crossing, still_clip
from tests.support.still_clips import together as together_drawn

Outcome: TypeAlias = tuple[pl.DataFrame, pl.DataFrame, dict[str, object], bytes]
"""Rows of `tracks`, of `trajectories` and of `clips` of one clip, and the file of its plate."""

FPS = 10
PIECE_S = 8


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """40 s in which two people walk to and fro, with key frames that are not where pieces begin."""
    rng = np.random.default_rng(3)
    scene = rng.integers(90, 110, (180, 240, 3), dtype=np.uint8)

    def frames() -> Iterator[NDArray[np.uint8]]:
        for number in range(40 * FPS):
            image = scene.astype(np.int16) + rng.integers(-3, 4, scene.shape, dtype=np.int16)
            for speed, top, colour in ((2.2, 60, (30, 30, 200)), (-1.7, 110, (200, 40, 30))):
                left = round(240 * abs((number * speed / 240) % 2 - 1)) - 8
                image[top : top + 50, max(left, 0) : max(left, 0) + 16] = colour
            yield np.clip(image, 0, 255).astype(np.uint8)

    clip = write_clip(
        tmp_path_factory.mktemp("long") / "long.mp4", frames(), fps=FPS, key_every=25, b_frames=2
    )
    return aged(clip)


@pytest.fixture(autouse=True)
def short_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "_LEARNED_PIECE_US", PIECE_S * 1_000_000)
    monkeypatch.setattr(follow, "_PIECE_FRAMES", 1)


class Watched:
    """Hears of an analysis, and stops it after some frames."""

    def __init__(self, stop_after: int | None = None) -> None:
        self._left = stop_after
        self.warnings: list[tuple[Concern, str]] = []

    def expect(self, clips: int) -> None: ...
    def begin(self, clip: str, frames: int | None) -> None: ...
    def end(self, result: ClipResult) -> None: ...
    def ask(self, question: str) -> bool:
        return False

    def advance(self, clip: str, frames: int) -> None:
        if self._left is not None:
            self._left -= frames
            if self._left <= 0:
                raise KeyboardInterrupt

    def warn(self, concern: Concern, message: str) -> None:
        self.warnings.append((concern, message))


def analyse(
    clip: Path, store: Path, progress: Watched | None = None, *, sample_fps: float | None = 0
) -> None:
    options = Options(
        detector=DetectorChoice.MOTION,
        start="2026-03-14T10:00:00Z",
        sample_fps=sample_fps,
        attributes="color",
    )
    analyze_clips(sources=[str(clip)], store=store, progress=progress or Watched(), options=options)


def stop(clip: Path, store: Path, frames: int, *, sample_fps: float | None = 0) -> list[Path]:
    """Analyse until so many frames are done; return the files of the pieces that are kept."""
    with pytest.raises(KeyboardInterrupt):
        analyse(clip, store, Watched(frames), sample_fps=sample_fps)
    return sorted(store.glob("pieces/*/*.npz"))


def outcome(store: Path) -> Outcome:
    """All that a store has of one clip, but for what each run has anew; and its plate."""
    opened = Store.open(store)
    (row,) = opened.clips()
    snapshot = opened.snapshot()
    tracks = pl.read_delta(str(store / "tracks")).filter(run=row.run).drop("run").sort("frame", "track")
    trajectories = pl.read_delta(str(store / "trajectories")).filter(run=row.run).drop("run").sort("track")
    clip = snapshot.clips.drop("run", "plate", "analysed_at").to_dicts()[0]
    assert row.plate is not None
    return tracks, trajectories, clip, (store / row.plate).read_bytes()


def assert_same(store: Path, expected: Outcome) -> None:
    tracks, trajectories, clip, plate = outcome(store)
    assert_frame_equal(tracks, expected[0], check_exact=True)
    assert_frame_equal(trajectories, expected[1], check_exact=True)
    assert (clip, plate) == expected[2:]
    assert not (store / "pieces").exists()


@pytest.fixture(scope="module")
def undisturbed(long_clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    store = tmp_path_factory.mktemp("undisturbed") / "store"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(follow, "_LEARNED_PIECE_US", PIECE_S * 1_000_000)
        patch.setattr(follow, "_PIECE_FRAMES", 1)
        analyse(long_clip, store)
    found = outcome(store)
    assert found[0]["track"].n_unique() >= 2
    assert found[0]["frame"].to_list()[-1] > 380
    return found


@pytest.mark.parametrize("frames", [30, 85, 200, 390])
def test_who_goes_on_has_the_rows_of_an_undisturbed_run(
    long_clip: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    undisturbed: Outcome,
    frames: int,
) -> None:
    kept = stop(long_clip, tmp_path, frames)
    assert len(kept) == min(3, frames // (PIECE_S * FPS))
    looked: list[int] = []
    detect = MotionDetector.detect

    def noted(self: MotionDetector, batch: list[Frame]) -> list[Detections]:
        looked.extend(frame.index for frame in batch)
        return detect(self, batch)

    monkeypatch.setattr(MotionDetector, "detect", noted)
    analyse(long_clip, tmp_path)
    assert_same(tmp_path, undisturbed)
    # What was kept is not looked at again.
    assert looked == list(range(len(kept) * PIECE_S * FPS, 400))


def test_who_is_stopped_again_and_again_gets_there(
    long_clip: Path, tmp_path: Path, undisturbed: Outcome
) -> None:
    for number, frames in enumerate((90, 170, 250), start=1):
        assert len(stop(long_clip, tmp_path, frames)) == number
    analyse(long_clip, tmp_path)
    assert_same(tmp_path, undisturbed)


@pytest.mark.parametrize("how", ["cut", "flipped", "empty", "gone", "another"])
def test_a_damaged_piece_is_as_none(
    long_clip: Path,
    tmp_path: Path,
    undisturbed: Outcome,
    how: str,
) -> None:
    kept = stop(long_clip, tmp_path, 350)
    data = bytearray(kept[1].read_bytes())
    if how == "cut":
        kept[1].write_bytes(data[: len(data) // 2])
    elif how == "flipped":
        data[len(data) // 3] ^= 16
        kept[1].write_bytes(data)
    elif how == "empty":
        kept[1].write_bytes(b"")
    elif how == "gone":
        kept[1].unlink()
    else:
        shutil.copy(kept[2], kept[1])
    analyse(long_clip, tmp_path)
    assert_same(tmp_path, undisturbed)


@pytest.mark.parametrize("suffix", [".mp4", ".ts"])
def test_a_damaged_clip_goes_on_as_well(long_clip: Path, tmp_path: Path, suffix: str) -> None:
    clip = tmp_path / f"long{suffix}"
    together(clip, long_clip)
    aged(damage(clip, clip, (0.1, 0.35, 0.8)))
    analyse(clip, tmp_path / "undisturbed")
    assert Store.open(tmp_path / "undisturbed").clips()[0].frames_failed > 0
    assert stop(clip, tmp_path / "store", 210)
    analyse(clip, tmp_path / "store")
    assert_same(tmp_path / "store", outcome(tmp_path / "undisturbed"))


def test_frames_that_were_looked_at_in_between_are_not_looked_at_again(
    long_clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MotionDetector, "base_fps", 2.0)
    analyse(long_clip, tmp_path / "undisturbed", sample_fps=None)
    expected = outcome(tmp_path / "undisturbed")
    looked_at = expected[2]["frames_looked_at"]
    assert isinstance(looked_at, int)
    assert 80 < looked_at < 400
    assert len(stop(long_clip, tmp_path / "store", 60, sample_fps=None)) == 3
    analyse(long_clip, tmp_path / "store", sample_fps=None)
    assert_same(tmp_path / "store", expected)


def test_what_was_left_undecoded_is_so_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "_LEARNED_PIECE_US", 65_000_000)
    visits = [crossing(begin, begin + 6, y=120) for begin in (20, 63, 110, 127, 180)]
    clip = aged(still_clip(tmp_path / "still.mp4", together_drawn(*visits), seconds=200))
    analyse(clip, tmp_path / "undisturbed", sample_fps=None)
    expected = outcome(tmp_path / "undisturbed")
    decoded = expected[2]["frames_decoded"]
    assert isinstance(decoded, int)
    assert 100 < decoded < 1800
    assert len(stop(clip, tmp_path / "store", 1450, sample_fps=None)) == 2
    analyse(clip, tmp_path / "store", sample_fps=None)
    assert_same(tmp_path / "store", expected)


def test_other_settings_do_not_go_on_with_what_was_found(
    long_clip: Path, tmp_path: Path, undisturbed: Outcome
) -> None:
    stop(long_clip, tmp_path / "store", 350)
    analyse(long_clip, tmp_path / "store", sample_fps=5)
    analyse(long_clip, tmp_path / "new", sample_fps=5)
    assert_frame_equal(outcome(tmp_path / "store")[0], outcome(tmp_path / "new")[0], check_exact=True)


def test_what_nobody_goes_on_with_is_cleared_after_a_week(long_clip: Path, tmp_path: Path) -> None:
    folder = stop(long_clip, tmp_path, 200)[0].parent
    for days, is_there in ((6, True), (8, False)):
        then = time.time() - days * 86_400
        os.utime(folder, (then, then))
        analyse(long_clip, tmp_path, sample_fps=2 + days)
        assert folder.exists() == is_there


def test_a_full_disk_costs_only_the_pieces(
    long_clip: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    undisturbed: Outcome,
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(np, "savez", full)
    progress = Watched()
    analyse(long_clip, tmp_path, progress)
    (warning,) = [words for concern, words in progress.warnings if concern is Concern.PIECES]
    assert "No space left on device" in warning
    assert_same(tmp_path, undisturbed)


def test_a_clip_of_usual_length_stays_whole(
    long_clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "_LEARNED_PIECE_US", 14_000_000)
    assert stop(long_clip, tmp_path, 390) == []
    # And so does a time lapse with few frames, however long it is.
    monkeypatch.setattr(follow, "_LEARNED_PIECE_US", PIECE_S * 1_000_000)
    monkeypatch.setattr(follow, "_PIECE_FRAMES", 3000)
    assert stop(long_clip, tmp_path, 390) == []


PROGRAM = """
import sys
from heatcli.analysis import follow
follow._LEARNED_PIECE_US = 8_000_000
follow._PIECE_FRAMES = 1
from heatcli.cli.app import main
main()
"""


@pytest.mark.slow
def test_killed_at_any_moment(long_clip: Path, tmp_path: Path, undisturbed: Outcome) -> None:
    store = tmp_path / "store"
    command = [sys.executable, "-c", PROGRAM, "analyze", str(long_clip), "--store", str(store), "--quiet"]
    command += ["--detector", "motion", "--start", "2026-03-14T10:00:00Z", "--sample-fps", "0"]
    command += ["--attributes", "color"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for wanted in (1, 2, 3):
        process = subprocess.Popen(command, env=environment)
        while len(list(store.glob("pieces/*/[0-9]*.npz"))) < wanted:
            assert process.poll() is None
            time.sleep(0.005)
        process.kill()
        process.wait()
    subprocess.run(command, env=environment, check=True)
    assert_same(store, undisturbed)
