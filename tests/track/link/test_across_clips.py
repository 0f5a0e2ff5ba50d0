"""People who go on in the next file are one person, whoever analysed which file when."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from heatcli.track.appearance.descriptor_bytes import to_bytes
from tests.support.figures import START, TALL, Figure, filmed, groups


def how_many(figures: Sequence[Figure], *spans: tuple[float, float], fps: float = 10.0) -> int:
    return len(groups(*filmed(figures, spans, fps=fps)))


@st.composite
def crowds(draw: st.DrawFn) -> list[Figure]:
    """Some people who walk or stand, each in a lane of two heights of their own, for ten seconds and more."""
    figures = []
    for lane in range(draw(st.integers(1, 5))):
        begin = draw(st.integers(0, 20))
        stays = float(begin), float(begin + draw(st.integers(10, 40)))
        speed = draw(st.sampled_from([-40.0, -25.0, 0.0, 0.0, 20.0, 50.0]))
        x = 640.0 - speed * sum(stays) / 2
        figures.append(Figure(stays, (x, 100 + 2 * TALL * lane), (speed, 0.0)))
    return figures


@settings(max_examples=60)
@given(
    figures=crowds(),
    cuts=st.lists(st.integers(1, 59), max_size=4, unique=True),
    lost_s=st.sampled_from([0.0, 0.04, 0.4]),
    fps=st.sampled_from([2.5, 5.0, 10.0, 25.0]),
    order=st.permutations(range(5)),
)
def test_people_who_were_cut_come_back_together_in_any_order_of_analysis(
    figures: list[Figure], cuts: list[int], lost_s: float, fps: float, order: list[int]
) -> None:
    edges = [0.0, *(float(cut) for cut in sorted(cuts)), 60.0]
    spans = [(begin + (lost_s if begin else 0.0), end) for begin, end in itertools.pairwise(edges)]
    clips, trajectories = filmed(figures, spans, fps=fps)
    found = groups(clips, trajectories)
    tracks = sorted(sorted({track for _, track in person}) for person in found)
    assert tracks == [[track] for track in trajectories["track"].unique().sort()]
    parts = trajectories.partition_by("clip")
    shuffled = pl.concat([parts[place] for place in order if place < len(parts)])
    again = clips.sample(fraction=1.0, shuffle=True, seed=1)
    assert groups(again, shuffled) == found


def test_who_leaves_just_before_the_cut_and_who_comes_just_after_are_two() -> None:
    leaves = Figure((0.0, 19.9), (100.0, 300.0), (40.0, 0.0))
    comes = Figure((20.1, 40.0), (100.0, 500.0), (40.0, 0.0))
    assert how_many([leaves, comes], (0, 20), (20, 40)) == 2
    # The other way through the same door.
    leaves = Figure((0.0, 19.0), (200.0, 300.0), (50.0, 0.0))
    comes = Figure((21.0, 40.0), (2250.0, 310.0), (-50.0, 0.0))
    assert how_many([leaves, comes], (0, 20), (20, 40)) == 2


def test_nobody_walks_on_after_a_hole_but_who_stands_is_known_again() -> None:
    walks = Figure((0.0, 200.0), (100.0, 300.0), (8.0, 0.0))
    stands = Figure((0.0, 200.0), (300.0, 600.0))
    assert how_many([walks], (0, 60), (60, 120)) == 1
    assert how_many([walks], (0, 60), (90, 120)) == 2
    assert how_many([stands], (0, 60), (90, 120)) == 1
    assert how_many([replace(stands, stays=(0.0, 900.0))], (0, 60), (500, 560)) == 2


def test_who_is_hidden_at_the_cut_and_stands_still_comes_back() -> None:
    before, after = Figure((0.0, 40.0), (300.0, 600.0)), Figure((90.0, 120.0), (304.0, 602.0))
    assert how_many([before, after], (0, 60), (60, 120)) == 1
    assert how_many([before, replace(after, place=(340.0, 600.0))], (0, 60), (60, 120)) == 2


def test_people_in_clips_that_overlap_are_counted_once() -> None:
    walks = Figure((0.0, 40.0), (100.0, 300.0), (20.0, 0.0))
    assert how_many([walks, replace(walks, place=(50.0, 420.0))], (0, 21.5), (20, 40)) == 2
    # A start that is told in whole seconds.
    clips, trajectories = filmed([walks], [(0, 20.5), (20.5, 40)])
    early = pl.when(pl.col("start") > START).then(timedelta(seconds=-0.5)).otherwise(timedelta())
    moved = trajectories.with_columns(
        pl.when(pl.col("first") > START)
        .then(pl.col(name) - timedelta(seconds=0.5))
        .otherwise(name)
        .alias(name)
        for name in ("first", "last")
    )
    assert len(groups(clips.with_columns(start=pl.col("start") + early), moved)) == 1


def test_boxes_that_end_at_the_frame_s_edge_without_any_height_are_not_joined() -> None:
    stays = Figure((0.0, 40.0), (300.0, 600.0))
    clips, trajectories = filmed([stays], [(0, 20), (20, 40)])
    assert len(groups(clips, trajectories)) == 1
    flat = trajectories.with_columns(first_height_px=0.0, last_height_px=0.0)
    assert len(groups(clips, flat)) == 2


def test_appearance_tells_apart_who_stands_at_the_same_place() -> None:
    random = np.random.default_rng(1)

    def appearance() -> bytes:
        half = random.normal(size=8)
        half /= np.linalg.norm(half)
        return to_bytes(np.tile(half, (1, 2, 1)).astype(np.float32), b"drawings")[0] or b""

    others = [Figure((0.0, 120.0), (90.0 * place, 200.0), appearance=appearance()) for place in range(1, 13)]
    before = Figure((0.0, 40.0), (300.0, 600.0), appearance=appearance())
    after = Figure((90.0, 120.0), (304.0, 602.0), appearance=appearance())
    assert how_many([*others, before, replace(after, appearance=before.appearance)], (0, 60), (60, 120)) == 13
    assert how_many([*others, before, after], (0, 60), (60, 120)) == 14
