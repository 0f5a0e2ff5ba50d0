"""Corrections of who is who, made by people: they lie over the trajectories, which stay as they were found.

They are noted in the folder `corrections` of the store, one file each. A correction is never taken away:
undoing it is another one, so that the list tells who did what and when. What a correction says holds for the
recording, whichever camera or start the clip is given later: its times are those of the file.
"""

import getpass
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from heatcli.store.identity import run_time
from heatcli.store.noted import note_lines, read_notes, rewrite_notes
from heatcli.store.writing import writing

_FOLDER = "corrections"

# Last characters of an id: they are drawn at random, and short enough to be typed.
_TELLING = 8


class Kind(StrEnum):
    """What a correction does."""

    MERGE = "merge"
    """Trajectories are one person, and so are the persons that they belong to."""
    SPLIT = "split"
    """A trajectory is two people, one until a moment and another from then on; or it begins a new person."""
    DROP = "drop"
    """Trajectories are nobody who counts."""
    UNDO = "undo"
    """Another correction does not hold any more."""


@dataclass(frozen=True, slots=True)
class CorrectedTrack:
    """A trajectory as it was when it was corrected, so that it can be found in another analysis of the clip.

    Attributes:
        clip: id of the clip.
        run: analysis of the clip that has found it.
        track: number of the trajectory in that analysis.
        first_us: time of its first row, in µs since the first frame of the file.
        last_us: time of its last row, in µs since the first frame of the file.
        waypoints: its waypoints: µs since its first row, foot point x and y, and height of the box in pixels;
            empty where it has none.
    """

    clip: str
    run: str
    track: int
    first_us: int
    last_us: int
    waypoints: tuple[tuple[int, float, float, float], ...]

    @property
    def name(self) -> str:
        """Name of the trajectory: `CLIP:TRACK`."""
        return f"{self.clip}:{self.track}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A correction of who is who.

    Attributes:
        id: id of the correction: it sorts by time; empty until it is noted.
        user: name of the user who made it, on the machine where it was made.
        kind: what it does.
        camera: camera of the trajectories when it was made.
        tracks: trajectories that it is about; for an undo those of the correction that it takes back.
        at_us: moment at which a trajectory is split, in µs since the first frame of the file; None where a
            split begins a new person, and for other kinds.
        part: number of the trajectory from that moment on; None where there is no such moment.
        undoes: id of the correction that does not hold any more; None for other kinds.
    """

    id: str = ""
    user: str
    kind: Kind
    camera: str
    tracks: tuple[CorrectedTrack, ...]
    at_us: int | None = None
    part: int | None = None
    undoes: str | None = None

    @property
    def short_id(self) -> str:
        """Last characters of the id, by which people name the correction."""
        return self.id[-_TELLING:]

    @property
    def made_at(self) -> datetime:
        """UTC time at which it was made."""
        return run_time(self.id)


def this_user() -> str:
    """Return the name of the user who runs the program."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "unknown"  # a process whose user has no name, as in some containers


def note_correction(store: Path, correction: Correction) -> Correction:
    """Note a correction, and return it with its id.

    Raises:
        StoreError: the store cannot be written.
    """
    with writing(store):
        return replace(correction, id=note_lines(store, _FOLDER, [_to_json(correction)]))


def cut_corrections(store: Path, left: Callable[[Correction, CorrectedTrack], CorrectedTrack | None]) -> int:
    """Forget trajectories, or parts of them, that corrections describe; return how many corrections that is.

    A correction that has nothing left to say goes.

    Args:
        store: folder of the store.
        left: function that returns what may still be said of a trajectory; None for nothing.

    Raises:
        StoreError: a correction is damaged, or cannot be written.
    """

    def cut(noted: dict[str, Any]) -> object | None:
        one = _from_json(noted)
        tracks = tuple(track for was in one.tracks if (track := left(one, was)) is not None)
        least = 2 if one.kind is Kind.MERGE else 1
        if tracks == one.tracks:
            return noted
        return _to_json(replace(one, tracks=tracks)) if len(tracks) >= least else None

    return rewrite_notes(store, _FOLDER, cut)


def read_corrections(store: Path) -> tuple[Correction, ...]:
    """Read all corrections, undone ones too, in the order in which they were made.

    Raises:
        StoreError: a file of them is damaged or cannot be read.
    """
    return tuple(
        replace(correction, id=name)
        for name, correction in read_notes(store, _FOLDER, _from_json, kind="correction")
    )


def holding(corrections: Iterable[Correction]) -> list[Correction]:
    """Return the corrections that hold: those that were not undone, without what undid others."""
    known = list(corrections)
    undone = {one.undoes for one in known}
    return [one for one in known if one.kind is not Kind.UNDO and one.id not in undone]


def _to_json(correction: Correction) -> dict[str, Any]:
    values = asdict(correction)
    del values["id"]
    return values


def _from_json(noted: dict[str, Any]) -> Correction:
    tracks = tuple(
        CorrectedTrack(**{**track, "waypoints": tuple(tuple(point) for point in track["waypoints"])})
        for track in noted["tracks"]
    )
    return Correction(**{**noted, "kind": Kind(noted["kind"]), "tracks": tracks})
