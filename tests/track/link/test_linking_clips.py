"""Who is who in drawn worlds that were filmed: from the video file to the store, without weights."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from heatcli.track.observations import Observations
from tests.support import worlds
from tests.support.command_line import done, run
from tests.support.make_clips import aged, write_clip
from tests.support.world_floor import FLAT, STEEP, Camera, World
from tests.support.world_outcome import Outcome, outcome
from tests.support.world_view import Image, Truth, film

pytestmark = pytest.mark.slow

Maker = Callable[[Camera, float], World]


def analysed(folder: Path, world: World) -> Outcome:
    """Film a world, analyse the clip, and compare what was stored with the truth."""
    truths: list[Truth] = []

    def images() -> Iterator[Image]:
        for image, truth in film(world):
            truths.append(truth)
            yield image

    clip = aged(write_clip(folder / "world.mp4", images(), fps=int(world.fps)))
    done(run("analyze", clip, "--detector", "motion", "--store", folder / "store", "--quiet"))
    return outcome(stored(folder / "store"), truths, len(world.people))


def stored(store: Path) -> Observations:
    """Read all rows of a store with one clip."""
    rows = pl.read_delta(str(store / "tracks")).sort("frame", "track")
    return Observations(
        frame=rows["frame"].to_numpy(),
        track=rows["track"].to_numpy(),
        tracklet=rows["tracklet"].to_numpy(),
        boxes=rows.select("x1", "y1", "x2", "y2").to_numpy(),
        confidence=rows["conf"].fill_null(np.nan).to_numpy(),
        class_id=np.zeros(len(rows), np.int32),
        filled=rows["filled"].to_numpy(),
    )


CLIPS: dict[str, tuple[Maker, Camera]] = {
    "crossing pairs, flat": (worlds.crossing_pairs, FLAT),
    "crossing pairs, steep": (worlds.crossing_pairs, STEEP),
    "enter together": (worlds.enter_together, STEEP),
    "exchange places": (worlds.exchange_places, FLAT),
    "hidden behind a post": (worlds.hidden_behind_a_post, FLAT),
    "turns round behind a post": (worlds.turns_round_behind_a_post, STEEP),
    "same door": (worlds.same_door, FLAT),
    "other door in the same clothes": (partial(worlds.other_door, alike=True), STEEP),
}


@pytest.mark.parametrize("name", CLIPS)
def test_everybody_in_a_clip_is_one(tmp_path: Path, name: str) -> None:
    maker, camera = CLIPS[name]
    world = maker(camera, 10)
    # Background subtraction has to see each place empty for most of the time.
    world = replace(world, duration_s=2 * world.duration_s)
    result = analysed(tmp_path, world)
    assert result.exact, f"{result.ids} ids of {len(world.people)} people: {result.tracks}"
    assert result.idf1 >= 0.65
