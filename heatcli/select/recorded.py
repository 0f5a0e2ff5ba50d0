"""What the store has of the selected time: clips and the trajectories in them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from heatcli.clock import days_text
from heatcli.config.camera import CameraConfig
from heatcli.config.models import Config
from heatcli.config.named_shapes import staff_areas
from heatcli.config.schedule import Schedule
from heatcli.errors import check_known
from heatcli.intervals import Intervals
from heatcli.select.audited import audit_of
from heatcli.select.cameras import matching_cameras
from heatcli.select.classes import check_objects, is_wanted
from heatcli.select.days_told import ToldDays, gone_note, without_told
from heatcli.select.ownership import own_times
from heatcli.select.persons import StaffAreas, persons
from heatcli.select.selected_camera import SelectedCamera
from heatcli.select.selection import Selection
from heatcli.select.views.camera import left_out_note, views_of
from heatcli.store.clips import ClipRow, clip_rows
from heatcli.store.corrections import holding
from heatcli.store.erasures import Erasure
from heatcli.store.faults import store_errors
from heatcli.store.files import data_files, scan
from heatcli.store.kept_days import KeptDay
from heatcli.store.store import Snapshot, Store


def recorded(
    store: Store, selection: Selection, config: Config, snapshot: Snapshot, told: ToldDays
) -> list[SelectedCamera]:
    """Find the clips of the selected time, and all trajectories of the selected classes in them.

    `heatcli.select.who_counts` says which of these count and are there at that time. It judges whole persons,
    so their trajectories in other clips are listed too, with -1 as the index of the clip.

    Args:
        store: heat store.
        selection: question to the store.
        config: configuration.
        snapshot: snapshot of the store.
        told: days whose sums are told beside the answer, so that their rows do not count.

    Returns:
        One `SelectedCamera` for each camera, by name; also for a camera that has nothing in the selected
        time.

    Raises:
        UsageError: the store has no such camera, clip or kind of object; the message gives the nearest names.
        StoreError: the store cannot be read.
    """
    catalog = snapshot.clips
    named = [*selection.clips, *(track.partition(":")[0] for track in selection.exclude)]
    check_known(named, catalog["clip"].unique(), kind="clip", where="the store")
    if selection.exclude:
        _check_trajectories(selection.exclude, store, snapshot)
    if selection.objects_to_track:
        check_objects(selection.objects_to_track, store, snapshot)
    if selection.cameras or selection.locations or selection.labels:
        meant = matching_cameras(
            {*catalog["camera"], *told},
            config,
            names=selection.cameras,
            locations=selection.locations,
            labels=selection.labels,
        )
        catalog = catalog.filter(pl.col("camera").is_in(meant))
    elif selection.clips:
        holding = catalog.filter(pl.col("clip").is_in(selection.clips))["camera"].unique()
        catalog = catalog.filter(pl.col("camera").is_in(holding.implode()))
    with store_errors(store.path):
        tracks = data_files(snapshot.tracks, store.path / "tracks")
        trajectories = data_files(snapshot.trajectories, store.path / "trajectories")
        return [
            _select_camera(
                store,
                selection,
                config.camera(str(camera)),
                rows.sort("start", "clip"),
                tracks=tracks.filter(camera=camera),
                trajectories=trajectories.filter(camera=camera),
                snapshot=snapshot,
                told=told.get(str(camera), ()),
            )
            for (camera,), rows in catalog.sort("camera").group_by("camera", maintain_order=True)
        ]


def _check_trajectories(wanted: Sequence[str], store: Store, snapshot: Snapshot) -> None:
    """Make sure that the store has trajectories.

    Args:
        wanted: trajectories, each `CLIP:TRACK`.
        store: store to ask.
        snapshot: snapshot of the store.

    Raises:
        UsageError: unknown trajectory; the message gives the nearest ones of the clips that are named.
    """
    with store_errors(store.path):
        files = data_files(snapshot.trajectories, store.path / "trajectories")
        of_clips = pl.col("clip").is_in({name.partition(":")[0] for name in wanted})
        is_live = pl.col("run").is_in(snapshot.clips["run"].to_list())
        found = scan("trajectories", files, None).filter(is_live, of_clips)
        known = found.select(pl.concat_str("clip", pl.lit(":"), "track")).collect().to_series()
    parts = [f"{one.tracks[0].clip}:{one.part}" for one in holding(snapshot.corrections)]
    check_known(wanted, [*known, *parts], kind="trajectory", where="the store")


def _select_camera(
    store: Store,
    selection: Selection,
    configured: CameraConfig,
    clips: pl.DataFrame,
    *,
    tracks: pl.DataFrame,
    trajectories: pl.DataFrame,
    snapshot: Snapshot,
    told: Sequence[KeptDay],
) -> SelectedCamera:
    """Select from one camera.

    Args:
        store: store that holds the plates.
        selection: question to the store.
        configured: settings of the camera.
        clips: all rows of `clips` for the camera, at least one; sorted by (start, clip).
        tracks: files of `tracks` of the camera.
        trajectories: files of `trajectories` of the camera.
        snapshot: snapshot of the store, for corrections and audits.
        told: days of the camera whose rows do not count.
    """
    (newest,) = clip_rows(clips.tail(1))
    camera, timezone = newest.camera, newest.timezone
    opening = Schedule.parse(configured.schedule) if configured.schedule else None
    limits = selection.limits(timezone, opening)
    wanted = clip_rows(_meeting(clips, limits.period, selection.clips))
    watched = np.array(
        [clip.coverage.bounds[[0, -1], [0, 1]] for clip in wanted if len(clip.coverage.bounds)]
    )
    time = limits.within(int(watched.min()), int(watched.max())) if len(watched) else Intervals.of([])
    owned = without_told(own_times(wanted, time), wanted, told)
    chosen = [(clip, time) for clip, time in zip(wanted, owned, strict=True) if len(time.bounds)]
    views = views_of(store, clips)
    troubles = views.troubles([clip for clip, _ in chosen])
    chosen, left_out = (chosen, []) if selection.all_views else views.shown_together(chosen)
    shown = chosen[-1][0] if chosen else newest
    selected = tuple(clip for clip, _ in chosen)
    # Whoever looks like staff is an outlier, as staff are.
    staff = StaffAreas(staff_areas(configured) if selection.filter_outliers else (), _days(selected))
    found = persons(scan("trajectories", trajectories, camera), clips, snapshot.corrections, staff=staff)
    everybody = _seen_in(found.rows.drop("start_us", "waypoints", strict=False), clips["run"], selected)
    if selection.objects_to_track:
        everybody = everybody.filter(is_wanted(selection.objects_to_track))
    return SelectedCamera(
        name=camera,
        clips=selected,
        owned_time=tuple(time for _, time in chosen),
        placements=() if selection.all_views else views.placements(selected),
        troubles=troubles,
        width=shown.width,
        height=shown.height,
        sample_aspect=shown.sample_aspect,
        plate=None if shown.plate is None else store.path / shown.plate,
        timezone=timezone,
        limits=limits,
        asked=selection,
        observed_only=selection.observed_only,
        tracking_mode=selection.tracking_mode or configured.tracking_mode,
        trajectories=everybody,
        excluded=everybody.clear().with_columns(
            reason=pl.lit(None, pl.String), value=pl.lit(None, pl.Float64), limit=pl.lit(None, pl.Float64)
        ),
        store=store.path,
        keeps=store.keeps,
        files=tracks,
        # Nobody was asked about what counts only with `lifeless`.
        audit=None
        if selection.lifeless
        else audit_of(
            snapshot.audits,
            camera,
            live=dict(clips.select("clip", "run").iter_rows()),
            selected=selected,
        ),
        note="; ".join(
            [
                *_lost_note(len(found.lost)),
                *_alike_note(found.alike, selected),
                *_unsure_note(found.unsure),
                *_erased_note(snapshot.erasures, selected),
                *(f"the camera {trouble.sentence}" for trouble in troubles),
                *([left_out_note(left_out)] if left_out else []),
                *([] if told else gone_note(store, snapshot, camera, limits)),
            ]
        )
        or None,
    )


def _lost_note(lost: int) -> Iterator[str]:
    """Say how many corrections of a camera do not hold, if any."""
    if not lost:
        return
    what = "corrections no longer match their" if lost > 1 else "correction no longer matches its"
    yield f"{lost} {what} trajectories: see `heatcli correct --list`"


def _alike_note(alike: Sequence[date], clips: Sequence[ClipRow]) -> Iterator[str]:
    """Say on which days of the selected clips nobody could be known again, if there are any."""
    days = {clip.start.astimezone(ZoneInfo(clip.timezone)).date() for clip in clips}.intersection(alike)
    if not days:
        return
    when = ", ".join(day.isoformat() for day in sorted(days))
    yield f"people look alike to the re-identification model on {when}: nobody who came back is known again"


def _days(clips: Sequence[ClipRow]) -> set[date]:
    """Return the days, on the camera's clock, on which clips begin or end."""
    return {
        (clip.start + after).astimezone(ZoneInfo(clip.timezone)).date()
        for clip in clips
        for after in (timedelta(0), timedelta(microseconds=clip.duration_us))
    }


def _unsure_note(days: Sequence[date]) -> Iterator[str]:
    """Say on which days staff are known by their zone alone, if there are any."""
    if days:
        why = "too few visitors are certain to tell staff by what they wear: only their zone does"
        yield f"on {days_text(days)} {why}"


def _erased_note(erasures: Sequence[Erasure], clips: Sequence[ClipRow]) -> Iterator[str]:
    """Say that people were erased in a place of the selected clips, if any were."""
    if any(one.shapes and one.meets(clip) for one in erasures for clip in clips):
        yield "in a part of the picture people were erased for some time: nobody counts there then"


def _meeting(clips: pl.DataFrame, period: Intervals, ids: Sequence[str]) -> pl.DataFrame:
    """Keep clips that were recorded in a period and, if ids are given, have one of them."""
    if ids:
        clips = clips.filter(pl.col("clip").is_in(ids))
    if not len(period.bounds):
        return clips.clear()
    first, last = (int(bound) for bound in period.bounds[[0, -1], [0, 1]])
    covered = pl.col("coverage").list
    begins, ends = covered.first().struct.field("from"), covered.last().struct.field("to")
    return clips.filter(begins < last, ends > first)


def _seen_in(everybody: pl.DataFrame, runs: Iterable[str], clips: Sequence[ClipRow]) -> pl.DataFrame:
    """Leave out persons who are in none of the selected clips.

    Args:
        everybody: frame of `persons`.
        runs: runs of all clips of the camera; `clip` in `everybody` is an index into them.
        clips: selected clips; `clip` in the result is an index into them, or -1.
    """
    numbers = {clip.run: number for number, clip in enumerate(clips)}
    selected = np.array([numbers.get(run, -1) for run in runs], np.int32)[everybody["clip"].to_numpy()]
    person = everybody["person"].to_numpy()
    seen = np.bincount(person, weights=selected >= 0) > 0
    return everybody.with_columns(clip=pl.Series(selected)).filter(pl.Series(seen[person]))
