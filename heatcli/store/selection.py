"""Which time, which clips and which trajectories a question is about."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl

from heatcli.clock import epoch_us, to_utc
from heatcli.errors import UsageError
from heatcli.intervals import Intervals
from heatcli.store.classes import known_classes
from heatcli.store.clips import ClipRow, clip_rows
from heatcli.store.faults import store_errors
from heatcli.store.files import data_files, scan
from heatcli.store.ownership import own_times
from heatcli.store.reader import CameraSelection, live
from heatcli.store.store import Store

# Times beyond every calendar: the selection has no limit on that side.
_FIRST_US, _LAST_US = -(2**60), 2**60


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A question to the store. What is left at its default does not restrict.

    Attributes:
        cameras: by name.
        clips: by id. Other clips count as if they were not there, in overlaps too.
        start: from this time on; local to each camera unless it carries an offset.
        end: before this time; local to each camera unless it carries an offset.
        objects_to_track: classes, such as `person`.
        observed_only: leave out positions that were interpolated.
    """

    cameras: tuple[str, ...] = ()
    clips: tuple[str, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    objects_to_track: tuple[str, ...] = ()
    observed_only: bool = False

    def limits(self, timezone: str) -> Intervals:
        """Return the selected time for a camera in that time zone, UTC µs.

        Raises:
            UsageError: a local time that daylight saving makes double or missing, or an end before the start.
        """
        zone = ZoneInfo(timezone)
        first = _FIRST_US if self.start is None else epoch_us(to_utc(self.start, zone))
        last = _LAST_US if self.end is None else epoch_us(to_utc(self.end, zone))
        if first >= last:
            raise UsageError(f"the selection ends ({self.end}) before it starts ({self.start})")
        return Intervals.of([[first, last]])

    def trajectories(self) -> pl.Expr:
        """Return which rows of `trajectories` are selected."""
        if not self.objects_to_track:
            return pl.lit(True)
        return pl.col("object_class").is_in(self.objects_to_track)


def select(store: Store, selection: Selection) -> list[CameraSelection]:
    """Find what a selection means in a store.

    Returns:
        One for each selected camera, by name; also for a camera that has nothing in the selected time.

    Raises:
        UsageError: the store has no such camera, clip or class; the nearest names are given.
        StoreError: the store cannot be read.
    """
    snapshot = store.snapshot()
    catalog = snapshot.clips
    check_known("camera", selection.cameras, catalog["camera"].unique().to_list())
    check_known("clip", selection.clips, catalog["clip"].unique().to_list())
    # Where none is known yet, none is wrong.
    if selection.objects_to_track and (classes := known_classes(store, snapshot)):
        check_known("kind of object", selection.objects_to_track, classes)
    if selection.cameras:
        catalog = catalog.filter(pl.col("camera").is_in(selection.cameras))
    elif selection.clips:
        catalog = catalog.filter(pl.col("clip").is_in(selection.clips))
    with store_errors(store.path):
        tracks = data_files(snapshot.tracks, store.path / "tracks")
        trajectories = data_files(snapshot.trajectories, store.path / "trajectories")
        return [
            _select_camera(
                store,
                selection,
                clip_rows(rows),
                tracks=tracks.filter(camera=camera),
                trajectories=trajectories.filter(camera=camera),
            )
            for (camera,), rows in catalog.sort("camera").group_by("camera", maintain_order=True)
        ]


def _select_camera(
    store: Store,
    selection: Selection,
    clips: Sequence[ClipRow],
    *,
    tracks: pl.DataFrame,
    trajectories: pl.DataFrame,
) -> CameraSelection:
    """Select from one camera.

    Args:
        store: for the place of the plates.
        selection: what to select.
        clips: all of the camera, at least one.
        tracks: files of `tracks` of the camera.
        trajectories: files of `trajectories` of the camera.
    """
    newest = clips[-1]
    camera, timezone = newest.camera, newest.timezone
    wanted = [clip for clip in clips if not selection.clips or clip.clip in selection.clips]
    own = own_times(wanted, selection.limits(timezone))
    chosen = [(clip, time) for clip, time in zip(wanted, own, strict=True) if len(time.bounds)]
    shown = chosen[-1][0] if chosen else newest
    selected = tuple(clip for clip, _ in chosen)
    return CameraSelection(
        camera=camera,
        clips=selected,
        own=tuple(time for _, time in chosen),
        width=shown.width,
        height=shown.height,
        sample_aspect=shown.sample_aspect,
        plate=None if shown.plate is None else store.path / shown.plate,
        timezone=timezone,
        observed_only=selection.observed_only,
        trajectories=_persons(
            live(scan("trajectories", trajectories["path"], camera), selected).filter(
                selection.trajectories()
            ),
            selected,
        ),
        store=store.path,
        files=tracks,
    )


def _persons(trajectories: pl.LazyFrame, clips: Sequence[ClipRow]) -> pl.DataFrame:
    """Give everybody a number, in the order of clip and track; a group has that of its first trajectory."""
    order = pl.DataFrame(
        {"run": [clip.run for clip in clips], "clip": range(len(clips))},
        schema={"run": pl.String, "clip": pl.Int32},
    )
    alone = pl.concat_str("run", pl.lit("#"), "track")
    first = pl.col("place").first().over("who")
    return (
        trajectories.select("run", "track", who=pl.coalesce("person", alone))
        .join(order.lazy(), on="run")
        .sort("clip", "track")
        .with_row_index("place")
        .select("clip", "track", person=first.rank("dense").cast(pl.Int64) - 1)
        .collect()
    )


def check_known(kind: str, wanted: Sequence[str], known: Sequence[str]) -> None:
    """Refuse names that the store does not have.

    Args:
        kind: of what they are names.
        wanted: the names.
        known: those that the store has, each once.

    Raises:
        UsageError: one is not known; the nearest that are known are given.
    """
    for name in wanted:
        if name not in known:
            near = difflib.get_close_matches(name, known, cutoff=0.5) or sorted(known)[:5]
            names = ", ".join(repr(candidate) for candidate in near) or "none yet"
            raise UsageError(f"no {kind} {name!r} in the store; it has {names}")
