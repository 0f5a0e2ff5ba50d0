"""Clips in which little moves: the same people, times and coverage as where every frame is looked at."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.support.command_line import answer, done, run
from tests.support.make_clips import aged
from tests.support.still_clips import FPS, Image, clock, people, still_clip, together

pytestmark = pytest.mark.usefixtures("folder")

SECONDS = 90
# From the right to the left, 30 pixels tall, in two seconds and a half.
PASSER = (60.7, 63.2, lambda t: (290 - 60 * t, 60.0, 60.0))
# Comes, stands for a minute, moving a little every ten seconds, and goes.
SITTER = (
    8.0,
    84.0,
    lambda t: (np.interp(t, [0, 4, 72, 76], [0, 100, 100, 0]) + 3 * (t // 10 % 2), 150.0, 70.0),
)


def rain(image: Image, seconds: float) -> Image:
    rng = np.random.default_rng(round(seconds * FPS))
    for x, y in rng.integers(0, (318, 230), (40, 2)):
        image[y : y + 8, x] = 200
    return image


def analysed(clip: Path, *options: str) -> tuple[dict[str, Any], pl.DataFrame]:
    """Analyse a clip with `motion`, and return what is told of it and its rows."""
    store = "-".join(("store", *(option.strip("-") for option in options)))
    how = ("--detector", "motion", "--start", "2026-03-14", "--timezone", "UTC", "--store", store)
    done(run("analyze", aged(clip), *how, *options))
    (told,) = answer(run("clips", "--store", store, "--json"))["clips"]
    return told, pl.read_delta(f"{store}/tracks").sort("frame", "track")


def same_answers(clip: Path) -> dict[str, Any]:
    """Compare with looking at ten frames a second, as `motion` does where something moves."""
    told, rows = analysed(clip)
    every, all_rows = analysed(clip, "--sample-fps", "10")
    assert every["frames_quiet"] == 0
    assert every["frames_looked_at"] == every["frames_processed"] == told["frames_processed"]
    assert told["covered_s"] == every["covered_s"] == SECONDS
    present, every_present = (in_picture(of) for of in (rows, all_rows))
    assert len(every_present) > 0
    assert len(present & every_present) > 0.95 * len(present | every_present)
    return told


def in_picture(rows: pl.DataFrame) -> set[tuple[int, int]]:
    """Return in which frames somebody stands, in tenths of the picture, for those of a person's height."""
    tall = rows.filter(pl.col("y2") - pl.col("y1") > 20)
    return set(tall.select("frame", (pl.col("x2") // 32).cast(int)).iter_rows())


def test_somebody_who_passes_in_a_still_scene(tmp_path: Path) -> None:
    told = same_answers(still_clip(tmp_path / "a.mp4", people(PASSER), seconds=SECONDS))
    assert told["frames_looked_at"] < 0.6 * told["frames_processed"]
    assert told["frames_quiet"] + told["frames_looked_at"] == SECONDS * FPS


def test_rain_is_more_work_and_loses_nobody(tmp_path: Path) -> None:
    same_answers(still_clip(tmp_path / "a.mp4", together(people(PASSER), rain), seconds=SECONDS))


def test_who_stands_for_a_minute_stays_as_long_as_with_every_look(tmp_path: Path) -> None:
    clip = still_clip(tmp_path / "a.mp4", people(SITTER, PASSER), seconds=SECONDS)
    told, rows = analysed(clip)
    _, all_rows = analysed(clip, "--sample-fps", "10")
    assert told["frames_looked_at"] < 0.6 * told["frames_processed"]
    # `motion` loses them for a while: what does not move for long is the scene.
    assert len(at_the_sitter(all_rows)) > 200
    assert len(at_the_sitter(rows)) >= 0.95 * len(at_the_sitter(all_rows))


def at_the_sitter(rows: pl.DataFrame) -> set[int]:
    """Return the frames in which a row of a person's height is where the sitter is."""
    begin, end, figure = SITTER
    tall = rows.filter(pl.col("y2") - pl.col("y1") > 20)
    middle = tall.select("frame", (pl.col("x1") + pl.col("x2")) / 2)
    return {
        frame
        for frame, x in middle.iter_rows()
        if begin <= frame / FPS < end and abs(x - figure(frame / FPS - begin)[0]) <= 20
    }


@pytest.mark.parametrize(
    ("name", "how"),
    [("intra.mp4", {"key_every": 1}), ("one-key.mp4", {"key_every": 10_000})],
)
def test_packets_that_tell_nothing(tmp_path: Path, name: str, how: dict[str, Any]) -> None:
    told = same_answers(still_clip(tmp_path / name, people(PASSER), seconds=SECONDS, **how))
    assert told["frames_decoded"] == SECONDS * FPS
    assert told["frames_looked_at"] < 0.6 * told["frames_processed"]


def test_an_empty_scene_is_mostly_left_undecoded_and_is_covered(tmp_path: Path) -> None:
    told, rows = analysed(still_clip(tmp_path / "a.mp4", clock, seconds=SECONDS))
    assert len(rows) == 0
    assert told["covered_s"] == SECONDS
    assert told["frames_decoded"] < 0.7 * SECONDS * FPS
    assert told["frames_quiet"] > 0.8 * SECONDS * FPS
