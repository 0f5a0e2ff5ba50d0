"""Which time, which clips and which trajectories a question is about."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from heatcli.clock import epoch_us, to_utc
from heatcli.config import CameraConfig, Config
from heatcli.errors import UsageError
from heatcli.intervals import Intervals
from heatcli.names import TrackingMode
from heatcli.schedule import Schedule
from heatcli.store.clips import ClipRow, clip_rows
from heatcli.store.faults import store_errors
from heatcli.store.files import data_files, scan
from heatcli.store.ownership import own_times
from heatcli.store.reader import CameraSelection, live
from heatcli.store.store import Store

# Times beyond every calendar: the selection has no limit on that side.
_FIRST_US, _LAST_US = -(2**60), 2**60

# What is known of each selected trajectory, as the store has it.
_SUMMARY = (
    *("object_class", "present_us", "path_px", "range_px", "median_height_px"),
    *("first_x", "first_y", "last_x", "last_y", "median_x", "median_y"),
)

# How long a trajectory's last row may stand for, unless its frames are further apart than that.
_LAST_DT_US = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A question to the store. What is left at its default does not restrict.

    Attributes:
        cameras: by name.
        clips: by id. Other clips count as if they were not there, in overlaps too.
        start: from this time on; local to each camera unless it carries an offset.
        end: before this time; local to each camera unless it carries an offset.
        dates: first and last day of each period, both included, local to each camera.
        hours: of the day, such as `09:00-18:00`, local to each camera; over midnight, the night belongs to
            the day on which it begins.
        weekdays: such as `mon-fri`.
        objects_to_track: classes, such as `person`.
        observed_only: leave out positions that were interpolated.
        rois: regions of interest; only rows whose tracking point is in one of them count. Each is the name of
            a configured region, or `X,Y,X,Y,...`, the corners of a polygon in fractions of the frame.
        tracking_mode: which point of a box stands for a person; None for the camera's own.
        min_size: least height of a person's box, as a fraction of the frame's height. This and the next two
            default to what is configured for the camera.
        min_dwell_s: who is present for less is left out.
        max_dwell_s: who is present for longer is left out.
        exclude: trajectories of people to leave out, each as `CLIP:TRACK`.
        filter_outliers: leave out staff, mannequins and posters (`heatcli.filters`).

    Raises:
        UsageError: hours or weekdays that cannot be, or a period that ends before it starts.
    """

    cameras: tuple[str, ...] = ()
    clips: tuple[str, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    dates: tuple[tuple[date, date], ...] = ()
    hours: tuple[str, ...] = ()
    weekdays: str | None = None
    objects_to_track: tuple[str, ...] = ()
    observed_only: bool = False
    rois: tuple[str, ...] = ()
    tracking_mode: TrackingMode | None = None
    min_size: float | None = None
    min_dwell_s: float | None = None
    max_dwell_s: float | None = None
    exclude: tuple[str, ...] = ()
    filter_outliers: bool = False

    def __post_init__(self) -> None:
        self._weekly()
        for first, last in self.dates:
            if first > last:
                raise UsageError(f"the selection ends ({last}) before it starts ({first})")

    def _weekly(self) -> Schedule | None:
        """Return the hours and weekdays; None where neither is given."""
        if not self.hours and self.weekdays is None:
            return None
        return Schedule.parse(f"{self.weekdays or ''} {hours}" for hours in self.hours or ("",))

    def limits(self, timezone: str, opening: Schedule | None = None) -> "Limits":
        """Return the selected time for a camera.

        Args:
            timezone: of the camera.
            opening: its own schedule; None where it has none.

        Raises:
            UsageError: a local time that daylight saving makes double or missing, or an end before the start.
        """
        zone = ZoneInfo(timezone)
        first = _FIRST_US if self.start is None else epoch_us(to_utc(self.start, zone))
        last = _LAST_US if self.end is None else epoch_us(to_utc(self.end, zone))
        if first >= last:
            raise UsageError(f"the selection ends ({self.end}) before it starts ({self.start})")
        period = Intervals.of([[first, last]])
        if self.dates:
            days = [[_midnight(begin, zone), _midnight(end + timedelta(1), zone)] for begin, end in self.dates]
            period = period.intersection(Intervals.of(days))
        weekly = tuple(schedule for schedule in (self._weekly(), opening) if schedule is not None)
        return Limits(period, weekly, zone)


@dataclass(frozen=True, slots=True)
class Limits:
    """The time that a selection means at one camera.

    Attributes:
        period: UTC µs.
        weekly: of the period, only what is in all of these counts.
        zone: of the camera.
    """

    period: Intervals
    weekly: tuple[Schedule, ...]
    zone: ZoneInfo

    def within(self, first_us: int, last_us: int) -> Intervals:
        """Return the selected part of [first, last), UTC µs."""
        time = self.period.intersection(Intervals.of([[first_us, last_us]]))
        for schedule in self.weekly:
            time = time.intersection(schedule.intervals(first_us, last_us, self.zone))
        return time


def read_days(text: str) -> tuple[date, date]:
    """Read a day, `2026-03-14`, or the first and the last of several, `2026-03-14..2026-03-20`.

    Raises:
        UsageError: it is neither, or ends before it starts.
    """
    first, _, last = text.partition("..")
    try:
        return date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError as error:
        raise UsageError(f"{text!r} is no day; write it as 2026-03-14, or 2026-03-14..2026-03-20") from error


def _midnight(day: date, zone: ZoneInfo) -> int:
    """Return when a day begins, UTC µs; where the clocks change at midnight, it is when the change happens."""
    return epoch_us(datetime(day.year, day.month, day.day, tzinfo=zone))


def recorded(store: Store, selection: Selection, config: Config) -> list[CameraSelection]:
    """Find what was recorded in the selected time: clips, and trajectories of the selected classes.

    Whose trajectories of these count is for `heatcli.filters.select` to say.

    Returns:
        One for each selected camera, by name; also for a camera that has nothing in the selected time.

    Raises:
        UsageError: the store has no such camera or clip; the nearest names are given.
        StoreError: the store cannot be read.
    """
    snapshot = store.snapshot()
    catalog = snapshot.clips
    check_known("camera", selection.cameras, catalog["camera"].unique().to_list(), "the store")
    check_known("clip", selection.clips, catalog["clip"].unique().to_list(), "the store")
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
                config.cameras.get(str(camera), CameraConfig()),
                clip_rows(rows),
                tracks=tracks.filter(camera=camera),
                trajectories=trajectories.filter(camera=camera),
            )
            for (camera,), rows in catalog.sort("camera").group_by("camera", maintain_order=True)
        ]


def _select_camera(
    store: Store,
    selection: Selection,
    configured: CameraConfig,
    clips: Sequence[ClipRow],
    *,
    tracks: pl.DataFrame,
    trajectories: pl.DataFrame,
) -> CameraSelection:
    """Select from one camera.

    Args:
        store: for the place of the plates.
        selection: what to select.
        configured: settings of the camera.
        clips: all of the camera, at least one.
        tracks: files of `tracks` of the camera.
        trajectories: files of `trajectories` of the camera.
    """
    newest = clips[-1]
    camera, timezone = newest.camera, newest.timezone
    wanted = [clip for clip in clips if not selection.clips or clip.clip in selection.clips]
    opening = Schedule.parse(configured.schedule) if configured.schedule else None
    ends = [bound for clip in wanted for bound in clip.coverage.bounds[[0, -1], [0, 1]].tolist()]
    limits = selection.limits(timezone, opening)
    own = own_times(wanted, limits.within(min(ends), max(ends)))
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
                pl.lit(True)
                if not selection.objects_to_track
                else pl.col("object_class").is_in(selection.objects_to_track)
            ),
            selected,
        ),
        store=store.path,
        files=tracks,
    )
