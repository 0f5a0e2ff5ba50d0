"""`analyze` in processes of its own: killed at any moment, interrupted, and several at once."""

import random
import shutil
import signal
import time
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tests.support.analyses import AT_TEN, finish, start
from tests.support.make_clips import aged

pytestmark = pytest.mark.slow

KILLS = 10
# What a run's rows have that another run of the same clip has not.
OF_THE_RUN = ["run"]
ONCE = (*AT_TEN, "--quiet")


def live(store: Path) -> pl.DataFrame:
    """Read the rows that count, as the schema's page says."""
    if not (store / "clips" / "_delta_log").exists():
        return pl.DataFrame()
    runs = pl.read_delta(str(store / "clips"))
    key = ["camera", "clip", "run"]
    tracks = pl.read_delta(str(store / "tracks")).join(runs, on=key, how="semi")
    trajectories = pl.read_delta(str(store / "trajectories")).join(runs, on=key, how="semi")
    assert runs["rows"].sum() == len(tracks), "a run is complete or it is not there"
    assert runs["trajectories"].sum() == len(trajectories)
    rows = tracks.drop(OF_THE_RUN).sort("camera", "clip", "frame", "track")
    return pl.DataFrame() if rows.is_empty() else rows


@pytest.fixture(scope="module")
def undisturbed(walkers: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[pl.DataFrame, float]:
    """The rows of a run that nobody disturbs, and how long it takes."""
    store = tmp_path_factory.mktemp("undisturbed") / "store"
    began = time.perf_counter()
    finish(start(walkers, store, *ONCE))
    return live(store), time.perf_counter() - began


@pytest.mark.parametrize("more", [(), ("--force",)], ids=["new", "force"])
def test_killed_at_random_moments(
    walkers: Path, tmp_path: Path, undisturbed: tuple[pl.DataFrame, float], more: tuple[str, ...]
) -> None:
    expected, seconds = undisturbed
    moments = random.Random(len(more))
    store = tmp_path / "store"
    if more:
        finish(start(walkers, store, *ONCE))
    for number in range(KILLS):
        if not more:
            store = tmp_path / f"store-{number}"
        before = live(store)
        process = start(walkers, store, *ONCE, *more)
        # The first half of a run is spent on loading libraries: the moments fall where the work is.
        time.sleep(seconds * moments.uniform(0.3, 1.05))
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        after = live(store)
        assert after.equals(before) or after.equals(expected)
        if not more:
            finish(start(walkers, store, *ONCE))
            assert_frame_equal(live(store), expected)
    finish(start(walkers, store, *ONCE, *more))
    assert_frame_equal(live(store), expected)


def test_interrupted(walkers: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    process = start(walkers, store, *ONCE)
    # The store is made before the clip is decoded, and has its rows only after that.
    while process.poll() is None and not (store / "clips" / "_delta_log").exists():
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors.decode()
    assert b"Traceback" not in errors
    assert live(store).is_empty()


@pytest.mark.parametrize("how", ["runs", "workers"])
def test_four_at_once(
    walkers: Path, tmp_path: Path, undisturbed: tuple[pl.DataFrame, float], how: str
) -> None:
    expected, _ = undisturbed
    clips = []
    for number in range(4):
        clip = tmp_path / f"{number}.mp4"
        shutil.copy(walkers, clip)
        with clip.open("ab") as file:
            file.write(bytes(8 + number))  # the same picture, other bytes: another clip
        clips.append(aged(clip))
    store = tmp_path / "store"
    if how == "runs":
        processes = [start(clip, store, *ONCE) for clip in clips]
    else:
        processes = [start(clips, store, *ONCE, "--workers", "4")]
    finish(*processes)
    rows = live(store)
    assert rows["camera"].unique().sort().to_list() == ["0", "1", "2", "3"]
    for camera in "0123":
        mine = rows.filter(camera=camera).drop("camera", "clip")
        assert_frame_equal(mine, expected.drop("camera", "clip"))
