"""Who is who: all trajectories of a camera, numbered by person."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from heatcli.select.corrections import Overlay, lay_over
from heatcli.select.staff_look import StaffLook, staff_look
from heatcli.select.whereabouts import begins_or_stays
from heatcli.shapes import Shape
from heatcli.store.clips import coverage_of
from heatcli.store.corrections import Correction
from heatcli.store.faults import store_errors
from heatcli.store.files import data_files, live, scan
from heatcli.store.store import Snapshot, Store
from heatcli.track.link.across_clips import LONGEST_HIDDEN_S, heads
from heatcli.track.link.clip_pairs import overlapping_pairs
from heatcli.track.link.known_again import known_again
from heatcli.track.link.shared_time import SharedTime, shared_time

# Columns of `trajectories` that are returned as they are.
_SUMMARY = (
    *("object_class", "attributes", "present_us", "path_px", "range_px", "median_height_px", "alive"),
    *("first_x", "first_y", "last_x", "last_y", "median_x", "median_y"),
)
# Columns of `trajectories` that only joining across files needs.
_ENDS = ("first_height_px", "last_height_px", "first_vx", "first_vy", "last_vx", "last_vy")
# Columns of `trajectories` with what descriptors decided before they were removed.
_DECIDED = ("known_visit", "known_person", "known_staff")


@dataclass(frozen=True, slots=True)
class StaffAreas:
    """Where staff are, so that others may be known by what they wear.

    Attributes:
        shapes: zones and regions in which only staff begin and stay; none if nobody is asked for.
        days: days that are asked for, on the camera's clock; None for all.
    """

    shapes: tuple[Shape, ...] = ()
    days: Collection[date] | None = None


PERSON = pl.concat_str("person_clip", pl.lit(":"), "person_track").alias("person")
"""Name of a person that holds outside of one selection: `CLIP:TRACK` of the first trajectory."""


@dataclass(frozen=True, slots=True, eq=False)
class Persons:
    """Everybody whom a camera has seen.

    Attributes:
        rows: one row per live trajectory, sorted by clip and track: `clip` (int32, index into `clips`) and
            `track`; `row_track`, the number that its rows in `tracks` have, which is another one only for the
            later part of a trajectory that was split, from `first_us` on; `clip_id` and `run` (text);
            `person` (int64), from 0 in the order of their first trajectories; `person_clip` (text) and
            `person_track` of that one; `visit` (int64), from 0, another one after a person was away;
            `first_us` and `last_us` (int64, UTC µs); `dropped` (bool), true where somebody said that it is
            nobody; `staff_look` (float64), the probability of being staff by what they wear, as `StaffLook`
            has it, null for NaN; `width` and `height` of the clip; and of the table those columns that tell
            class, attributes, size, stay and places. `start_us` is when the clip starts (UTC µs);
            `waypoints` are there only where they were read.
        holding: ids of corrections that hold.
        lost: ids of corrections whose trajectories are no longer there, or that another one contradicts.
        alike: days, on the camera's clock, on which nobody could be known again, since people look alike to
            the re-identification model.
        unsure: days, on the camera's clock, on which it is not known who looks like staff.
    """

    rows: pl.DataFrame
    holding: frozenset[str]
    lost: frozenset[str]
    alike: tuple[date, ...]
    unsure: tuple[date, ...]


def persons(
    trajectories: pl.LazyFrame,
    clips: pl.DataFrame,
    corrections: Sequence[Correction] = (),
    *,
    staff: StaffAreas = StaffAreas(),
    waypoints: bool = False,
) -> Persons:
    """Give everybody a number. A person is a trajectory, or a group of them joined across files.

    Args:
        trajectories: rows of the table `trajectories` of one camera, live or not.
        clips: all rows of `clips` of this camera, sorted by start and clip.
        corrections: corrections of who is who, undone ones too.
        staff: places of staff, to know who looks like them.
        waypoints: whether the waypoints are wanted.
    """
    laid, shared = known_and_shared(trajectories, clips, corrections, waypoints=waypoints)
    visit = heads(laid.known, shared)
    again = known_again(laid.known, visit, clips["timezone"][-1] if len(clips) else "UTC")
    look = _staff_look(laid.known, clips, staff)
    head, broken = laid.persons(again.head)
    _, person = np.unique(head, return_inverse=True)
    rows = laid.known.drop("person", "descriptor", "from_us", "to_us", "step_us", *_ENDS, *_DECIDED)
    return Persons(
        rows.with_columns(
            person=pl.Series(person, dtype=pl.Int64),
            visit=_visits(laid.known, laid.persons(visit)[0]),
            person_clip=rows["clip_id"][head],
            person_track=rows["track"][head],
            staff_look=pl.Series(look.probability, nan_to_null=True),
        ),
        frozenset(laid.rows) - broken,
        laid.unmatched | broken,
        again.alike,
        look.unsure,
    )


def _staff_look(known: pl.DataFrame, clips: pl.DataFrame, staff: StaffAreas) -> StaffLook:
    """Find staff by what they wear, where places of theirs are known."""
    if not staff.shapes or not len(known):
        return StaffLook(np.full(len(known), np.nan), ())
    # Views that have moved a little since yesterday have moved for staff and visitors alike.
    in_zone = begins_or_stays(known, staff.shapes, sample_aspect=clips["sample_aspect"][-1])
    return staff_look(known, in_zone, clips["timezone"][-1], staff.days)


def _visits(known: pl.DataFrame, head: NDArray[np.intp]) -> pl.Series:
    """Return a number for the visit of each trajectory, (n,).

    Who was joined by hand, or is known from elsewhere, may have been away in between: that is another visit.

    Args:
        known: trajectories of the camera.
        head: (n,) index of the first trajectory of the same visit, or of those that were joined so.
    """
    first_us, last_us = known["first_us"].to_numpy(), known["last_us"].to_numpy()
    order = np.lexsort((first_us, head))
    begins = np.append(True, np.diff(head[order]) != 0)[: len(order)]
    # Those that are alone are most.
    several = np.flatnonzero(~(begins & np.append(begins[1:], True)[: len(order)]))
    rows = order[several]
    until_us = pl.DataFrame({"head": head[rows], "us": last_us[rows]}).select(
        pl.col("us").cum_max().over("head")
    )
    away = first_us[rows[1:]] - until_us.to_series().to_numpy()[:-1] > LONGEST_HIDDEN_S * 1e6
    begins[several[1:]] |= away
    visit = np.empty(len(order), np.int64)
    visit[order] = np.cumsum(begins) - 1
    return pl.Series(visit)


def known_and_shared(
    trajectories: pl.LazyFrame,
    clips: pl.DataFrame,
    corrections: Sequence[Correction] = (),
    *,
    waypoints: bool = False,
) -> tuple[Overlay, SharedTime | None]:
    """Return the trajectories as `heads` takes them, and who is who where clips overlap, if any do.

    Args:
        trajectories: rows of the table `trajectories` of one camera, live or not.
        clips: rows of `clips` of this camera, sorted by start and clip.
        corrections: corrections of who is who, undone ones too.
        waypoints: whether the waypoints are read even if nothing else needs them.
    """
    covered = pl.col("coverage").list
    of_clip = clips.select(
        *("run", "width", "height"),
        clip_id="clip",
        start_us=pl.col("start").cast(pl.Int64),
        from_us=covered.first().struct.field("from"),
        to_us=covered.last().struct.field("to"),
        step_us=pl.col("covered_us") / pl.col("frames_processed"),
    )
    span_us = of_clip.select(pl.col("from_us", "to_us").fill_null(0)).to_numpy()
    pairs = overlapping_pairs(*span_us.T)
    known = (
        live(trajectories, clips["run"])
        .select(
            *("clip", "track", *_SUMMARY, *_ENDS, *_DECIDED, "descriptor", "person"),
            *(("waypoints",) if len(pairs) or corrections or waypoints else ()),
            first_us=pl.col("first").cast(pl.Int64),
            last_us=pl.col("last").cast(pl.Int64),
        )
        .sort("clip", "track")
        .collect()
    )
    laid = lay_over(known.hstack(of_clip[known["clip"]]), corrections)
    if not len(pairs):
        return laid, None
    broken = clips.select(coverage="coverage", at=pl.int_range(pl.len())).filter(covered.len() > 1)
    gaps = {at: coverage_of(pieces) for pieces, at in broken.iter_rows()}
    return laid, shared_time(laid.known, span_us, gaps, pairs)


def decisions(trajectories: pl.LazyFrame, clips: pl.DataFrame, staff: StaffAreas) -> pl.DataFrame:
    """Decide who is who, whatever was corrected by hand.

    Args:
        trajectories: rows of the table `trajectories` of one camera, live or not.
        clips: all rows of `clips` of this camera, sorted by start and clip.
        staff: places of staff, to know who looks like them.

    Returns:
        One row per live trajectory, sorted by clip and track: `run`, `track`, `first_us` (UTC µs),
        `descriptor`, `known_visit`, `known_person` and `known_staff` of the table; `visit` and `person`, the
        row of the first trajectory of the same visit, and of the same person; and `staff_look`, the
        probability of being staff by what they wear, null where nothing can be said.
    """
    laid, shared = known_and_shared(trajectories, clips)
    visit = heads(laid.known, shared)
    again = known_again(laid.known, visit, clips["timezone"][-1])
    columns = laid.known.select("run", "track", "first_us", "descriptor", *_DECIDED)
    look = _staff_look(laid.known, clips, staff)
    return columns.with_columns(
        visit=pl.Series(visit),
        person=pl.Series(again.head),
        staff_look=pl.Series(look.probability, nan_to_null=True),
    )


def persons_of_cameras(store: Store, snapshot: Snapshot, *, waypoints: bool = False) -> dict[str, Persons]:
    """Give everybody in a store a number, camera by camera; see `persons`.

    Raises:
        StoreError: the store cannot be read.
    """
    with store_errors(store.path):
        files = data_files(snapshot.trajectories, store.path / "trajectories")
        return {
            str(camera): persons(
                scan("trajectories", files.filter(camera=camera), str(camera)),
                clips,
                snapshot.corrections,
                waypoints=waypoints,
            )
            for (camera,), clips in snapshot.clips.sort("camera", "start", "clip").group_by(
                "camera", maintain_order=True
            )
        }


def who_is_who(store: Store) -> pl.DataFrame:
    """List all live trajectories with the person of each, to be joined with rows of the tables.

    Returns:
        One row per trajectory: `camera`, `clip`, `run`, `track`, as in the tables; `person` (text), the
        `CLIP:TRACK` of the person's first trajectory; and `first` and `last` (times, UTC), between which its
        rows are: a trajectory that `heatcli correct` has split has one row for each part. Those that it has
        dropped are left out. Persons are of one camera.

    Raises:
        StoreError: the store cannot be read.
    """
    known = [
        found.rows.filter(~pl.col("dropped")).select(
            pl.lit(camera).alias("camera"),
            pl.col("clip_id").alias("clip"),
            "run",
            pl.col("row_track").alias("track"),
            PERSON,
            pl.from_epoch("first_us", "us").dt.replace_time_zone("UTC").alias("first"),
            pl.from_epoch("last_us", "us").dt.replace_time_zone("UTC").alias("last"),
        )
        for camera, found in persons_of_cameras(store, store.snapshot()).items()
    ]
    time = pl.Datetime("us", "UTC")
    text = dict.fromkeys(("camera", "clip", "run"), pl.String())
    nobody = pl.DataFrame(
        schema={**text, "track": pl.Int32(), "person": pl.String(), "first": time, "last": time}
    )
    return pl.concat(known) if known else nobody
