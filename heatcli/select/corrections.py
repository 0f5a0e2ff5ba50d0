"""Corrections of who is who, laid over the trajectories of a camera.

Each names trajectories of one analysis. In another analysis of the clip they are found again by where they
were and when; what cannot be found does not hold, and is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from heatcli.store.corrections import CorrectedTrack, Correction, Kind, holding
from heatcli.track.link.shared_time import AGREE, NEAR
from heatcli.track.link.waypoints import Waypoints
from heatcli.track.summary import place_of

Indices = NDArray[np.intp]

# Time between the moments at which two trajectories are compared.
_STEP_US = 250_000

# The first number of a part that was split off: no analysis finds so many in a clip.
_FIRST_PART = 1_000_000


def next_part(clip: str, tracks: pl.Series, corrections: Sequence[Correction]) -> int:
    """Return a number for a part of a trajectory that no trajectory of the clip has, or has ever had.

    Args:
        clip: id of the clip.
        tracks: numbers of the trajectories of the clip.
        corrections: all corrections, undone ones too.
    """
    given = [one.part for one in corrections if one.part is not None and one.tracks[0].clip == clip]
    return max([_FIRST_PART, *(int(number) + 1 for number in (*tracks, *given))])


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """Trajectories of a camera as they are corrected, and what is still to be done once persons are known.

    Attributes:
        known: the trajectories, sorted by clip and track, those that were split as their parts; with the
            columns `row_track`, the number that their rows have, and `dropped` (bool).
        rows: rows of `known` that each correction is about, by its id; those of a split trajectory are its
            two parts.
        corrections: corrections of `rows`, in the order in which they were made.
        unmatched: ids of corrections whose trajectories are not there, or are no longer what they were.
    """

    known: pl.DataFrame
    rows: dict[str, list[int]]
    corrections: tuple[Correction, ...]
    unmatched: frozenset[str]

    def persons(self, head: Indices) -> tuple[Indices, frozenset[str]]:
        """Correct who is one person.

        Args:
            head: (n,) index of the first trajectory of the same person, as it was found.

        Returns:
            The same, corrected; and the ids of corrections that another one contradicts.
        """
        if not self.corrections:
            return head, frozenset()
        person = head.copy()
        first_us = self.known["first_us"].to_numpy()
        # Two trajectories of one clip may begin at once: then the number decides.
        order = np.lexsort((np.arange(len(head)), first_us))
        rank = np.empty(len(head), np.intp)
        rank[order] = np.arange(len(head))
        fresh = len(head)
        for one in self.corrections:
            rows = self.rows[one.id]
            if one.kind is Kind.MERGE:
                person[np.isin(person, person[rows])] = person[rows].min()
            elif one.kind is Kind.SPLIT and one.at_us is None:
                person[(person == person[rows[0]]) & (rank >= rank[rows[0]])] = fresh
                fresh += 1
        broken = [one.id for one in self.corrections if not self._holds(one, person, rank)]
        _, first, member = np.unique(person, return_index=True, return_inverse=True)
        return first[member], frozenset(broken)

    def _holds(self, one: Correction, person: Indices, rank: Indices) -> bool:
        """Tell whether what a correction says is so."""
        rows = self.rows[one.id]
        if one.kind is Kind.MERGE:
            return len(set(person[rows].tolist())) == 1 and not self.known["dropped"].gather(rows).any()
        if one.kind is Kind.SPLIT and one.at_us is None:
            return bool(rank[rows[0]] == rank[person == person[rows[0]]].min())
        return one.kind is Kind.DROP or person[rows[0]] != person[rows[1]]


def lay_over(known: pl.DataFrame, corrections: Sequence[Correction]) -> Overlay:
    """Find the trajectories that corrections are about, split and drop them.

    Args:
        known: live trajectories of a camera, sorted by clip and track: `clip_id`, `run`, `track`, `start_us`
            of the clip (UTC µs), `waypoints`, and the columns of the table.
        corrections: all corrections of the store.
    """
    known = known.with_columns(row_track="track", dropped=pl.lit(value=False))
    if not corrections:
        return Overlay(known, {}, (), frozenset())
    clips = set(known["clip_id"])
    mine = [one for one in holding(corrections) if any(track.clip in clips for track in one.tracks)]
    names: dict[str, list[tuple[str, int]]] = {}
    dropped: list[tuple[str, int]] = []
    for one in mine:
        part = one.kind is Kind.MERGE or one.at_us is not None
        found = [_find(known, track, part=part) for track in one.tracks]
        if any(row is None for row in found):
            continue
        rows = [row for row in found if row is not None]
        if one.at_us is not None:
            parts = _split(known, rows[0], one)
            if parts is None:
                continue
            known = pl.concat([known[: rows[0]], parts, known[rows[0] + 1 :]]).sort("clip", "track")
            names[one.id] = [*parts.select("clip_id", "track").iter_rows()]
            continue
        names[one.id] = [*known[rows].select("clip_id", "track").iter_rows()]
        if one.kind is Kind.DROP:
            dropped += names[one.id]
    at = {name: row for row, name in enumerate(known.select("clip_id", "track").iter_rows())}
    gone = np.zeros(len(known), np.bool_)
    gone[[at[name] for name in dropped]] = True
    rows_of = {name: [at[track] for track in tracks] for name, tracks in names.items()}
    # Whoever is dropped is joined with nobody: the column says who is one person, as known from elsewhere.
    alone = pl.when("dropped").then(pl.concat_str(pl.lit("dropped "), "clip_id", "track")).otherwise("person")
    known = known.with_columns(dropped=pl.Series(gone, dtype=pl.Boolean)).with_columns(person=alone)
    met = [one for one in mine if one.id in rows_of]
    met = [one for one in met if one.kind is not Kind.MERGE or not _together(known, rows_of[one.id])]
    kept = {one.id: rows_of[one.id] for one in met}
    return Overlay(known, kept, tuple(met), frozenset(one.id for one in mine if one.id not in kept))


def _together(known: pl.DataFrame, rows: list[int]) -> bool:
    """Tell whether two different trajectories of these are in one clip at the same time."""
    return bool(
        known[sorted(set(rows))]
        .sort("clip", "first_us")
        .select((pl.col("first_us") <= pl.col("last_us").shift().over("clip")).any())
        .item()
    )


def _find(known: pl.DataFrame, track: CorrectedTrack, *, part: bool) -> int | None:
    """Return the row of a trajectory, in the same analysis or in another one of its clip; None without one.

    Args:
        known: trajectories of the camera.
        track: trajectory as it was.
        part: whether it may be a part of a longer one now. Of whoever was dropped nothing else may be: it
            would be left out with it.
    """
    numbered = known.with_row_index("row").filter(clip_id=track.clip)
    same = numbered.filter(run=track.run)
    if len(same):
        found = same.filter(track=track.track)["row"]
        return int(found[0]) if len(found) else None
    if not len(numbered) or not track.waypoints:
        return None
    us, x, y, tall = (np.array(column, np.float64) for column in zip(*track.waypoints, strict=True))
    start_us = int(numbered["start_us"][0])
    begin, end = start_us + track.first_us, start_us + track.last_us
    before = Waypoints(
        np.array([begin]),
        np.array([end]),
        us.astype(np.int64),
        np.column_stack([x, y, tall]),
        np.array([len(us)]),
    )
    now = Waypoints.of(numbered)
    shares = [_agreement(before, now, row, part=part) for row in range(len(numbered))]
    best = int(np.argmax(shares))
    return int(numbered["row"][best]) if shares[best] >= AGREE else None


def _agreement(before: Waypoints, now: Waypoints, row: int, *, part: bool) -> float:
    """Return the share of the time in which two trajectories are at the same place.

    Args:
        before: the one trajectory as it was.
        now: all that are there now.
        row: the one of these to compare.
        part: whether the time of the one that was is meant, and not that of both together.
    """
    low, high = before.first_us[0], before.last_us[0]
    if now.first_us[row] > high or now.last_us[row] < low:
        return 0.0
    if not part:
        low, high = min(low, now.first_us[row]), max(high, now.last_us[row])
    times = np.arange(low, high + 1, _STEP_US)
    one = before.at(np.zeros(len(times), np.intp), times)
    other = now.at(np.full(len(times), row), times)
    apart = np.hypot(*(one - other)[:, :2].T)
    near = apart < NEAR * np.sqrt(one[:, 2] * other[:, 2])
    seen = np.isfinite(one[:, 0]) | (np.isfinite(other[:, 0]) & (not part))
    return float(near.sum() / max(seen.sum(), 1))


def _split(known: pl.DataFrame, row: int, correction: Correction) -> pl.DataFrame | None:
    """Return the two parts of a trajectory; None if it cannot be split there.

    What they are is told by the waypoints; nothing is known of what they look like.
    """
    whole: dict[str, Any] = known.row(row, named=True)
    assert correction.at_us is not None
    at_us = whole["start_us"] + correction.at_us
    tracks = known.filter(clip_id=whole["clip_id"])["track"]
    points = whole["waypoints"]
    if not points or not whole["first_us"] < at_us <= whole["last_us"] or correction.part in tracks:
        return None
    time_us = np.array([whole["first_us"] + point["us"] for point in points])
    place = np.array([(point["x"], point["y"], point["height_px"]) for point in points], np.float64)
    ends = ((time_us < at_us, at_us - 1), (time_us >= at_us, at_us))
    parts = []
    for number, (own, cut_us) in enumerate(ends):
        time = np.union1d(time_us[own], [cut_us])
        path = np.column_stack([np.interp(time, time_us, values) for values in place.T])
        share = (time[-1] - time[0]) / max(whole["last_us"] - whole["first_us"], 1)
        parts.append(
            {
                **whole,
                **place_of(time, path[:, :2], path[:, 2]),
                "track": correction.part if number else whole["track"],
                "first_us": time[0],
                "last_us": time[-1],
                "present_us": round(whole["present_us"] * share),
                "waypoints": [
                    {"us": us, "x": x, "y": y, "height_px": tall}
                    for us, (x, y, tall) in zip((time - time[0]).tolist(), path.tolist(), strict=True)
                ],
                **dict.fromkeys(("descriptor", "known_visit", "known_person", "known_staff")),
            }
        )
    return pl.DataFrame(parts, schema=known.schema)
