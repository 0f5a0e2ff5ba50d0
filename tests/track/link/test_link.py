"""Linking: what is whole stays whole, what was cut comes back together, and nobody is in two places."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from heatcli.config.settings import TrackSettings
from heatcli.track.link.assignment import assign, best_other
from heatcli.track.link.link import link
from heatcli.track.link.tracklets import Tracklets, summarise
from heatcli.track.link.whole_clip import link_tracklets
from heatcli.track.observations import Observations

WIDTH, HEIGHT = 1600, 900
TALL, FPS = 100.0, 10
SETTINGS = TrackSettings()
Floats = NDArray[np.float64]
Piece = tuple[int, int, int]
"""Person, first and last moment."""


def walkers(seed: int, people: int) -> list[Floats]:
    """Let people walk from side to side, each in a lane of their own: (moments, 2) feet, NaN outside."""
    rng = np.random.default_rng(seed)
    paths = []
    for i in range(people):
        speed = rng.uniform(0.6, 1.0) * TALL
        times = np.arange(round((WIDTH / speed + 1) * FPS)) / FPS
        x = speed * times
        y = 200 + 600 * i / max(people - 1, 1)
        late = round(rng.uniform(0, 10) * FPS)
        path = np.column_stack([x if i % 2 else WIDTH - x, np.full(len(x), y)])
        paths.append(np.vstack([np.full((late, 2), np.nan), path]))
    longest = max(map(len, paths))
    return [np.vstack([path, np.full((longest - len(path), 2), np.nan)]) for path in paths]


def appearance_of(count: int, owner: list[int]) -> NDArray[np.float32]:
    """Give each piece the appearance of its owner: everybody wears a colour of their own."""
    appearance = np.zeros((len(owner), 2, count), np.float32)
    appearance[np.arange(len(owner)), :, owner] = 1
    return appearance


def rows_of(paths: list[Floats], pieces: list[Piece]) -> Observations:
    """Write the rows of pieces, numbered as they are given."""
    frame, tracklet, feet = [], [], []
    for number, (person, first, last) in enumerate(pieces, start=1):
        moments = np.arange(first, last + 1)
        frame.append(moments)
        tracklet.append(np.full(len(moments), number))
        feet.append(paths[person][first : last + 1])
    x, y = np.vstack(feet).T
    order = np.lexsort((np.concatenate(tracklet), np.concatenate(frame)))
    boxes = np.column_stack([x - 0.2 * TALL, y - TALL, x + 0.2 * TALL, y])
    numbers = np.concatenate(tracklet)[order].astype(np.int32)
    return Observations(
        frame=np.concatenate(frame)[order].astype(np.int32),
        track=numbers,
        tracklet=numbers,
        boxes=boxes[order].astype(np.float32),
        confidence=np.full(len(order), 0.7, np.float32),
        class_id=np.zeros(len(order), np.int32),
        filled=np.zeros(len(order), np.bool_),
    )


def whole(paths: list[Floats]) -> list[Piece]:
    """Everybody in one piece, in order of appearance."""
    seen = [np.flatnonzero(np.isfinite(path[:, 0])) for path in paths]
    pieces = [(person, int(own[0]), int(own[-1])) for person, own in enumerate(seen)]
    return sorted(pieces, key=lambda piece: piece[1])


def linked(
    paths: list[Floats], pieces: list[Piece], *, appearance: bool = True, hole: tuple[int, float] = (0, 0.0)
) -> Observations:
    """Link pieces as a clip's tracklets are; before a moment there may be a hole of some seconds."""
    moments = len(paths[0])
    pts_us = np.arange(moments) * 1_000_000 // FPS
    pts_us[hole[0] :] += round(hole[1] * 1e6)
    half_embeddings = appearance_of(len(paths), [person for person, _, _ in pieces])
    rows, _ = link_tracklets(
        rows_of(paths, pieces),
        half_embeddings if appearance else half_embeddings[:, :, :0],
        frames=np.arange(moments, dtype=np.int32),
        pts_us=pts_us,
        dt_us=np.full(moments, 1_000_000 // FPS, np.int32),
        width=WIDTH,
        height=HEIGHT,
        settings=SETTINGS,
    )
    return rows


def partition(rows: Observations) -> set[frozenset[int]]:
    """Which tracklets are together."""
    return {frozenset(rows.tracklet[rows.track == track].tolist()) for track in np.unique(rows.track)}


def people_of(pieces: list[Piece]) -> set[frozenset[int]]:
    """Which pieces belong together in truth."""
    numbered = sorted((piece[0], number) for number, piece in enumerate(pieces, start=1))
    grouped = itertools.groupby(numbered, key=lambda pair: pair[0])
    return {frozenset(number for _, number in group) for _, group in grouped}


@st.composite
def cut(draw: st.DrawFn) -> tuple[list[Floats], list[Piece]]:
    """Draw people who are lost and found again, each a few times, for up to 3 s."""
    paths = walkers(draw(st.integers(0, 2**32 - 1)), draw(st.integers(1, 6)))
    pieces = []
    for person, first, last in whole(paths):
        begin = first
        for _ in range(draw(st.integers(0, 3))):
            end = begin + draw(st.integers(2 * FPS, 4 * FPS))
            gap = draw(st.integers(1, 3 * FPS))
            if end + gap + 2 * FPS > last:
                break
            pieces.append((person, begin, end))
            begin = end + gap
        pieces.append((person, begin, last))
    return paths, draw(st.permutations(pieces))


@given(st.integers(0, 2**32 - 1), st.integers(1, 8), st.booleans())
@settings(max_examples=40, deadline=None)
def test_perfect_tracks_are_left_as_they_are(seed: int, people: int, appearance: bool) -> None:
    paths = walkers(seed, people)
    rows = rows_of(paths, whole(paths))
    result = linked(paths, whole(paths), appearance=appearance)
    for name in ("frame", "track", "tracklet", "boxes", "confidence", "class_id", "filled"):
        np.testing.assert_array_equal(getattr(result, name), getattr(rows, name))


@given(cut(), st.booleans())
@settings(max_examples=60, deadline=None)
def test_tracks_that_were_cut_come_back_together(
    case: tuple[list[Floats], list[Piece]], appearance: bool
) -> None:
    paths, pieces = case
    assert partition(linked(paths, pieces, appearance=appearance)) == people_of(pieces)


@given(cut(), st.data())
@settings(max_examples=30, deadline=None)
def test_the_order_of_tracklets_does_not_matter(
    case: tuple[list[Floats], list[Piece]], data: st.DataObject
) -> None:
    paths, pieces = case
    shuffled = data.draw(st.permutations(pieces))
    first, second = (
        {frozenset(given[number - 1] for number in group) for group in partition(linked(paths, given))}
        for given in (pieces, shuffled)
    )
    assert first == second


@given(st.integers(0, 2**32 - 1), st.integers(1, 25))
@settings(max_examples=60, deadline=None)
def test_no_track_has_two_rows_at_one_moment(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    pieces, paths = [], []
    for person in range(count):
        first = int(rng.integers(0, 150))
        last = first + int(rng.integers(0, 50))
        start, step = rng.uniform(100, 500, 2), rng.normal(0, 5, 2)
        paths.append(start + step * np.arange(200)[:, None])
        pieces.append((person, first, last))
    rows = linked(paths, pieces, appearance=bool(seed % 2))
    moments = list(zip(rows.frame.tolist(), rows.track.tolist(), strict=True))
    assert moments == sorted(set(moments))
    firsts = [rows.frame[rows.track == track].min() for track in np.unique(rows.track)]
    assert firsts == sorted(firsts)
    assert np.unique(rows.track).tolist() == list(range(1, len(firsts) + 1))


@pytest.mark.parametrize("appearance", [False, True])
@pytest.mark.parametrize("lost_s", [0.2, 1.0, 2.0])
def test_two_who_exchange_places_are_never_one_at_a_moment(lost_s: float, appearance: bool) -> None:
    times = np.arange(12 * FPS) / FPS
    right = np.column_stack([400 + 80 * times, np.full(len(times), 500.0)])
    left = np.column_stack([400 + 80 * (times[-1] - times), np.full(len(times), 520.0)])
    end = round((6 - lost_s / 2) * FPS)
    begin = round((6 + lost_s / 2) * FPS)
    pieces = [(0, 0, end), (1, 0, end), (0, begin, len(times) - 1), (1, begin, len(times) - 1)]
    assert partition(linked([right, left], pieces, appearance=appearance)) == {
        frozenset({1, 3}),
        frozenset({2, 4}),
    }


@pytest.mark.parametrize("minutes", [1, 5])
def test_who_stands_is_the_same_after_minutes_behind_something(minutes: int) -> None:
    moments = (minutes * 60 + 40) * FPS
    sways = 0.05 * TALL * np.sin(np.arange(moments)[:, None] / FPS * np.array([0.7, 1.1]))
    stands = np.array([800.0, 500.0]) + sways
    pieces = [(0, 0, 20 * FPS), (0, moments - 20 * FPS, moments - 1)]
    assert len(partition(linked([stands], pieces, appearance=False))) == 1


def test_who_comes_in_elsewhere_is_somebody_else() -> None:
    times = np.arange(30 * FPS) / FPS
    leaves = np.column_stack([1500 + 80 * times, np.full(len(times), 500.0)])
    comes = np.column_stack([80 * (times - 5), np.full(len(times), 500.0)])
    pieces = [(0, 0, 11), (1, 5 * FPS + 3, 18 * FPS)]
    assert len(partition(linked([leaves, comes], pieces, appearance=False))) == 2


def test_a_flicker_in_the_middle_of_nowhere_is_nobody() -> None:
    paths = [*walkers(1, 3), np.tile([777.0, 333.0], (len(walkers(1, 3)[0]), 1))]
    pieces = [*whole(paths[:3]), (3, 100, 106)]
    rows = linked(paths, pieces, appearance=False)
    assert sorted(np.unique(rows.tracklet).tolist()) == [1, 2, 3]


def passes(first: int, hole_s: float) -> bool:
    """Tell whether who walks in mid-picture is kept; four stand about, and after a minute there is a hole."""
    moments = 120 * FPS
    stand = [np.tile([200.0 + 400 * i, 850.0], (moments, 1)) for i in range(4)]
    walks = np.column_stack([700 + 6.0 * (np.arange(moments) - first), np.full(moments, 400.0)])
    pieces = [(i, begin, begin + 4 * FPS - 2) for i in range(4) for begin in range(0, moments, 4 * FPS)]
    rows = linked(
        [*stand, walks], [*pieces, (4, first, first + 33)], appearance=False, hole=(moments // 2, hole_s)
    )
    assert len(np.unique(rows.track[rows.tracklet <= len(pieces)])) == 4
    return len(pieces) + 1 in rows.tracklet


@pytest.mark.parametrize(
    ("first", "kept"), [(0, True), (280, False), (566, True), (600, True), (880, False), (1166, True)]
)
def test_who_passes_right_beside_a_hole_is_somebody_as_at_the_clips_ends(first: int, kept: bool) -> None:
    assert passes(first, 40) == kept


def test_what_damage_of_less_than_a_second_leaves_is_one_stretch() -> None:
    assert not passes(600, 0.9)
    assert passes(600, 1.2)


def test_classes_are_not_joined() -> None:
    paths = walkers(2, 1)
    (_, first, last), *_ = whole(paths)
    rows = rows_of(paths, [(0, first, 60), (0, 62, last)])
    classes = (rows.tracklet - 1).astype(np.int32)
    cut_rows = Observations(
        rows.frame, rows.track, rows.tracklet, rows.boxes, rows.confidence, classes, rows.filled
    )
    assert labels(summary(rows)).tolist() == [0, 0]
    assert labels(summary(cut_rows)).tolist() == [0, 1]


def summary(rows: Observations) -> Tracklets:
    """Sum up rows without appearance."""
    return summarise(
        rows,
        pts_us=rows.frame.astype(np.int64) * 1_000_000 // FPS,
        dt_us=np.full(len(rows), 1_000_000 // FPS, np.int32),
        half_embeddings=np.zeros((int(rows.tracklet.max()), 2, 0), np.float32),
        width=WIDTH,
        height=HEIGHT,
        speed=SETTINGS.speed_lengths_per_s,
    )


def labels(tracklets: Tracklets) -> NDArray[np.int32]:
    return link(
        tracklets,
        width=WIDTH,
        height=HEIGHT,
        watched_us=np.array([[0, tracklets.last.time_us.max()]]),
        settings=SETTINGS,
    )


def test_nobody_at_all() -> None:
    empty = rows_of(walkers(1, 1), [(0, 150, 150)])
    nobody = Observations(*(getattr(empty, name)[:0] for name in empty.__slots__))
    frames, pts_us = np.arange(5, dtype=np.int32), np.arange(5) * 100_000
    rows, appearance = link_tracklets(
        nobody,
        np.zeros((0, 2, 60), np.float32),
        frames=frames,
        pts_us=pts_us,
        dt_us=np.full(5, 100_000, np.int32),
        width=WIDTH,
        height=HEIGHT,
        settings=SETTINGS,
    )
    assert len(rows) == len(appearance) == 0


@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.floats(0.05, 1))
@settings(max_examples=80, deadline=None)
def test_the_assignment_is_the_best_there_is(seed: int, count: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    left, right = np.nonzero(rng.random((count, count)) < share)
    gain = rng.uniform(0.01, 10, len(left))
    chosen = assign(left, right, gain, count)
    table = np.zeros((count, count))
    table[left, right] = gain
    best = table[linear_sum_assignment(-table)].sum()
    assert gain[chosen].sum() == pytest.approx(best)
    assert len(set(left[chosen])) == len(set(right[chosen])) == chosen.sum()
    others = [
        gain[(left == owner) & (np.arange(len(left)) != i)].max(initial=0) for i, owner in enumerate(left)
    ]
    assert best_other(left, gain, count).tolist() == others
