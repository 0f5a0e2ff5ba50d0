"""The views of a camera over its clips: which of them show the same, and what is told of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl

from heatcli.clock import duration_text
from heatcli.intervals import Intervals
from heatcli.select.views.follow import view_states
from heatcli.select.views.placement import Placement
from heatcli.select.views.states import Change, Condition, Plate, ViewState
from heatcli.store.clips import ClipRow, clip_rows
from heatcli.store.store import Store
from heatcli.store.view_notes import ViewNotes

TROUBLES = ("dark", "blind", "moved", "turned", "another scene")
"""Kinds of trouble. A view that has moved is put right; one that was turned is not mixed with that before."""

OwnedClip = tuple[ClipRow, Intervals]
"""A clip, and the time that it owns in a selection."""


@dataclass(frozen=True, slots=True)
class ViewTrouble:
    """Time in which a camera did not see what it saw on the days before.

    Attributes:
        what: what is wrong, in words: `has been turned by 3.0° and moved by 12 pixels`.
        kind: one of `TROUBLES`.
        since: start of the first clip of which it is so, by the camera's clock.
        until: start of the last clip of which it is so, by the camera's clock.
    """

    what: str
    kind: str
    since: datetime
    until: datetime

    @property
    def sentence(self) -> str:
        """The trouble as the end of a sentence that begins with the camera."""
        return f"{self.what}, in recordings since {self.since:%Y-%m-%d %H:%M}"


@dataclass(frozen=True, slots=True)
class CameraViews:
    """What a camera saw in each of its clips.

    Attributes:
        states: state by the name of the plate; empty where there is nothing to compare.
    """

    states: Mapping[str, ViewState]

    def of(self, clips: Sequence[ClipRow]) -> list[ViewState]:
        """Return the state of each clip, in order of time; without a plate it is that of the clip before."""
        states, last = [], ViewState(0, Placement())
        for clip in clips:
            if clip.plate is not None and clip.plate in self.states:
                last = self.states[clip.plate]
            states.append(last)
        return states

    def placements(self, clips: Sequence[ClipRow]) -> tuple[Placement, ...]:
        """Return where each clip's view lies on the first of its kind; nothing where none has moved."""
        placements = tuple(state.placement for state in self.of(clips))
        return () if all(one.is_none for one in placements) else placements

    def troubles(self, clips: Sequence[ClipRow]) -> tuple[ViewTrouble, ...]:
        """Return what is to be told of clips, in order of time; the same of several is told once."""
        found: dict[tuple[str, int], ViewTrouble] = {}
        for clip in clips:
            state = None if clip.plate is None else self.states.get(clip.plate)
            told = None if state is None else _told(state, clip)
            if state is None or told is None:
                continue
            start = clip.start.astimezone(ZoneInfo(clip.timezone))
            key = told.kind, state.view
            first = found.setdefault(key, ViewTrouble(told.what, told.kind, start, start))
            found[key] = ViewTrouble(first.what, first.kind, first.since, start)
        return tuple(found.values())

    def shown_together(self, chosen: Sequence[OwnedClip]) -> tuple[list[OwnedClip], list[OwnedClip]]:
        """Divide clips into those of the view that has most of the time, and those of other views."""
        states = self.of([clip for clip, _ in chosen])
        watched: dict[int, int] = {}
        for (_, time), state in zip(chosen, states, strict=True):
            watched[state.view] = watched.get(state.view, 0) + time.total_us
        most = max(watched, key=lambda view: (watched[view], view), default=0)
        parts: tuple[list[OwnedClip], list[OwnedClip]] = ([], [])
        for one, state in zip(chosen, states, strict=True):
            parts[state.view != most].append(one)
        return parts


@dataclass(frozen=True, slots=True)
class _Told:
    what: str
    kind: str


def _told(state: ViewState, clip: ClipRow) -> _Told | None:
    """Return what is told of a clip's state, in words."""
    if state.condition is Condition.DARK:
        return _Told("is dark at hours at which it was light on the days before", Condition.DARK)
    if state.condition is Condition.BLIND:
        return _Told("sees little: covered, dirty or out of focus", Condition.BLIND)
    if state.change is None:
        return None
    if state.change.placement is None:
        return _Told("shows another scene than on the days before", "another scene")
    what = moved_words(state.change, clip.width)
    if state.change.is_turn:
        return _Told(f"was turned: the picture has {what}", "turned")
    return _Told(f"hangs a little differently: the picture has {what}", "moved")


def moved_words(change: Change, width: int) -> str:
    """Return how a picture of a width in pixels has moved: `moved by 12 pixels and turned by 3.0°`."""
    assert change.placement is not None
    moved = change.placement.inverse()
    pixels, degrees = abs(complex(moved.x, moved.y)) * width, abs(moved.degrees)
    size = abs(complex(moved.a, moved.b))
    parts = [f"moved by {pixels:.0f} pixels"] if pixels >= 1 else []
    parts += [f"turned by {degrees:.1f}°"] if degrees >= 0.1 else []
    parts += [f"changed its size by {100 * (size - 1):+.0f} %"] if abs(size - 1) >= 0.01 else []
    return " and ".join(parts)


def views_of(store: Store, clips: pl.DataFrame) -> CameraViews:
    """Tell what a camera saw in each of its clips.

    Args:
        store: store that holds the plates.
        clips: all rows of `clips` of the camera, at least one; sorted by (start, clip).

    Raises:
        StoreError: the store cannot be read.
    """
    plates = _plates(clips)
    if len({plate.day for plate in plates}) < 2:
        return CameraViews({})
    # Loads OpenCV, which nobody else needs who draws nothing.
    from heatcli.select.views.comparing import ComparedPlates

    width, height, sample_aspect = clips.select("width", "height", "sample_aspect").row(0)
    aspect = height / (width * sample_aspect)
    notes = ViewNotes(store.path, str(clips["camera"][0]))
    asked = (aspect, plates)
    known = notes.states(asked) if store.keeps else None
    if known is not None:
        found = map(ViewState.of_numbers, known)
        return CameraViews(dict(zip((plate.name for plate in plates), found, strict=True)))
    states = view_states(plates, ComparedPlates(store.path, notes, aspect), aspect)
    if store.keeps:
        notes.note_states(asked, [state.numbers() for state in states.values()])
        notes.keep([plate.name for plate in plates])
    return CameraViews(states)


def newest_troubles(store: Store) -> dict[str, tuple[ViewTrouble, ...]]:
    """Tell what is other than usual with the view of each camera on the last two days that it recorded.

    Raises:
        StoreError: the store cannot be read.
    """
    catalog = store.snapshot().clips.sort("camera", "start", "clip")
    found = {}
    for (camera,), clips in catalog.group_by("camera", maintain_order=True):
        zone = ZoneInfo(str(clips["timezone"][-1]))
        days = pl.col("start").dt.convert_time_zone(zone.key).dt.date()
        newest = clips.filter(days >= days.max() - pl.duration(days=1))
        found[str(camera)] = views_of(store, clips).troubles(clip_rows(newest))
    return found


def _plates(clips: pl.DataFrame) -> list[Plate]:
    """Return the first plate that clips have of each hour, in order of time: clips may be a minute long."""
    if clips["plate"].null_count() == len(clips):
        return []
    watched = pl.col("coverage").list.eval(
        pl.element().struct.field("to") - pl.element().struct.field("from")
    )
    zone = ZoneInfo(str(clips["timezone"][-1]))
    hour = pl.col("start").dt.convert_time_zone(zone.key).dt.truncate("1h")
    rows = (
        clips.filter(pl.col("plate").is_not_null())
        .select("plate", "start", "duration_us", watched_us=watched.list.sum())
        .group_by("plate", maintain_order=True)
        .agg(pl.col("start", "duration_us").first(), pl.col("watched_us").sum())
        .group_by(hour.alias("hour"), maintain_order=True)
        .agg(pl.col("plate", "start", "duration_us").first(), pl.col("watched_us").sum())
        .drop("hour")
    )
    found = []
    for name, start, duration_us, watched_us in rows.iter_rows():
        begin = start.astimezone(zone)
        middle = begin.hour + begin.minute / 60 + duration_us / 7.2e9
        start_us = int(start.timestamp() * 1e6)
        found.append(Plate(name, start_us, begin.date(), middle % 24, watched_us))
    return found


def left_out_note(left_out: Sequence[OwnedClip]) -> str:
    """Say that clips of other views are left out."""
    seconds = sum(time.total_us for _, time in left_out) / 1e6
    clips = "1 clip" if len(left_out) == 1 else f"{len(left_out)} clips"
    return (
        f"the camera was turned: {duration_text(seconds)} in {clips} show another view than most of this "
        "time and are left out; --all-views counts them as well"
    )
