"""The work behind `heatcli correct`: trajectories merged, split and dropped by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from heatcli.errors import UsageError, check_known, unknown
from heatcli.select.corrections import next_part
from heatcli.select.persons import Persons, persons_of_cameras
from heatcli.store.corrections import CorrectedTrack, Correction, Kind, holding, note_correction, this_user
from heatcli.store.journal import Deed, note_entry
from heatcli.store.store import Snapshot, Store

# Id of a correction that is not noted yet; it sorts after all others.
_NEW = "~"

_NAME = pl.concat_str("clip_id", pl.lit(":"), "track")


@dataclass(frozen=True, slots=True)
class Corrected:
    """A correction, and whether it holds now.

    Attributes:
        correction: what was corrected, by whom and when.
        state: `holds`; `undone`; or `lost`, where its trajectories are no longer there, as after another
            analysis that did not find them.
    """

    correction: Correction
    state: str


def corrections(store: Store) -> list[Corrected]:
    """List all corrections in the order in which they were made, without those that undid others.

    Raises:
        StoreError: the store cannot be read.
    """
    snapshot = store.snapshot()
    lost = _lost(store, snapshot)
    held = {one.id for one in holding(snapshot.corrections)}
    return [
        Corrected(one, "undone" if one.id not in held else "lost" if one.id in lost else "holds")
        for one in snapshot.corrections
        if one.kind is not Kind.UNDO
    ]


def correct(
    *,
    store: Store,
    kind: Kind,
    tracks: Sequence[str],
    at_us: int | None = None,
    camera: str | None = None,
) -> Correction:
    """Merge trajectories into one person, split one, or drop some.

    The rows of the store stay as they are: the correction lies over them, for whoever reads them.

    Args:
        store: heat store with the trajectories.
        kind: what to do with them, but `undo`.
        tracks: trajectories, each `CLIP:TRACK`: several to merge, one to split, any number to drop.
        at_us: moment from which on a split trajectory is another person, in µs since the file's first frame;
            None if it begins a new person with its first row, where it was joined to one in an earlier file.
        camera: camera of the trajectories; None if only one camera has their clips.

    Returns:
        The correction as it was noted.

    Raises:
        UsageError: a trajectory is unknown, or the correction cannot be made or contradicts another one.
        StoreError: the store cannot be read or written.
    """
    snapshot = store.snapshot()
    found = persons_of_cameras(store, snapshot, waypoints=True)
    name = _camera_of(tracks, found, camera)
    everybody = found[name].rows
    rows = everybody.filter(_NAME.is_in(list(tracks))).sort("first_us", "clip", "track")
    _check_dropped(rows)
    part = None
    if kind is Kind.MERGE:
        _check_merge(rows, everybody)
    elif kind is Kind.SPLIT:
        part = _check_split(rows, everybody, at_us, snapshot)
    one = Correction(
        id=_NEW,
        user=this_user(),
        kind=kind,
        camera=name,
        tracks=tuple(_described(row) for row in rows.iter_rows(named=True)),
        at_us=at_us,
        part=part,
    )
    _check_others(store, snapshot, one)
    return _noted(store, one)


def undo(*, store: Store, name: str) -> Correction:
    """Take a correction back.

    Args:
        store: heat store with the correction.
        name: id of the correction, as the list shows it.

    Returns:
        The correction that does not hold any more.

    Raises:
        UsageError: there is no such correction, it is undone already, or another one builds on it.
        StoreError: the store cannot be read or written.
    """
    snapshot = store.snapshot()
    known = {one.short_id: one for one in snapshot.corrections if one.kind is not Kind.UNDO}
    if name not in known:
        raise unknown(name, known, kind="correction", where="the store")
    one = known[name]
    if one.id not in {held.id for held in holding(snapshot.corrections)}:
        raise UsageError(f"correction {name} is undone already")
    back = replace(one, id=_NEW, user=this_user(), kind=Kind.UNDO, at_us=None, part=None, undoes=one.id)
    _check_others(store, snapshot, back)
    _noted(store, back)
    return one


def _noted(store: Store, one: Correction) -> Correction:
    """Note a correction, and in the journal that it was made."""
    noted = note_correction(store.path, one)
    what = {"kind": one.kind, "cameras": [one.camera], "correction": noted.short_id}
    note_entry(store.path, Deed.CORRECT, selection=what, done={"trajectories": len(one.tracks)})
    return noted


def _lost(store: Store, snapshot: Snapshot) -> set[str]:
    """Return the ids of the corrections that do not hold although nobody has undone them."""
    held = {one.id for one in holding(snapshot.corrections)}
    return held.difference(*(found.holding for found in persons_of_cameras(store, snapshot).values()))


def _camera_of(tracks: Sequence[str], found: dict[str, Persons], camera: str | None) -> str:
    """Return the camera that has trajectories.

    Raises:
        UsageError: a trajectory is unknown, or they are not of one camera.
    """
    if camera is not None:
        check_known([camera], found, kind="camera", where="the store")
    known = {
        name: set(own.rows.select(_NAME).to_series()) for name, own in found.items() if camera in (None, name)
    }
    check_known(tracks, set().union(*known.values()), kind="trajectory", where="the store")
    cameras = [name for name, own in known.items() if own.issuperset(tracks)]
    if not cameras:
        raise UsageError("the trajectories are of different cameras; a person is of one camera")
    if len(cameras) > 1:
        raise UsageError(f"cameras {' and '.join(cameras)} have this clip; name one with --camera")
    return cameras[0]


def _check_dropped(rows: pl.DataFrame) -> None:
    """Refuse to correct who is nobody.

    Raises:
        UsageError: one of the trajectories was dropped.
    """
    for name in rows.filter("dropped").select(_NAME).to_series():
        raise UsageError(f"{name} was dropped; take that back with --undo first")


def _check_merge(rows: pl.DataFrame, everybody: pl.DataFrame) -> None:
    """Refuse to merge what cannot be one person.

    Raises:
        UsageError: the trajectories cannot be one person, or are one already.
    """
    names = " and ".join(rows.select(_NAME).to_series())
    if len(rows) < 2:
        raise UsageError("--merge takes two trajectories or more: CLIP:TRACK,CLIP:TRACK")
    if rows["person"].n_unique() == 1:
        raise UsageError(f"{names} are one person already")
    if rows["object_class"].n_unique() > 1:
        raise UsageError(f"{names} are of different kinds; nothing is both")
    theirs = everybody.filter(pl.col("person").is_in(rows["person"].implode())).sort("clip", "first_us")
    before = pl.col("last_us").shift().over("clip")
    at_once = theirs.with_columns(other=_NAME.shift().over("clip")).filter(pl.col("first_us") <= before)
    for other, name in at_once.select("other", _NAME.alias("name")).iter_rows():
        raise UsageError(
            f"{other} and {name} are in view at the same time, which one person cannot be; drop one of them, "
            "or split it first"
        )


def _check_split(
    rows: pl.DataFrame, everybody: pl.DataFrame, at_us: int | None, snapshot: Snapshot
) -> int | None:
    """Refuse to split what cannot be split, and return the number of the later part, if there is one.

    Raises:
        UsageError: the trajectory cannot be split there.
    """
    if len(rows) != 1:
        raise UsageError("--split takes one trajectory: CLIP:TRACK@H:MM:SS, or CLIP:TRACK")
    row = rows.row(0, named=True)
    name = f"{row['clip_id']}:{row['track']}"
    if at_us is None:
        if f"{row['person_clip']}:{row['person_track']}" == name:
            raise UsageError(f"{name} begins a person already; to split it, say when: {name}@H:MM:SS")
        return None
    if not row["waypoints"]:
        raise UsageError(
            f"{name} was found by an older heatcli, which did not note its way; analyse its clip again with "
            "`heatcli analyze --force` first"
        )
    first_s, last_s = ((row[end] - row["start_us"]) / 1e6 for end in ("first_us", "last_us"))
    if not first_s < at_us / 1e6 <= last_s:
        raise UsageError(
            f"{name} is in view from {first_s:.3f} s to {last_s:.3f} s of its file; split it between"
        )
    for one in holding(snapshot.corrections):
        if one.kind is Kind.MERGE and name in {track.name for track in one.tracks}:
            raise UsageError(f"{name} was merged by correction {one.short_id}; undo that first")
    return next_part(row["clip_id"], everybody.filter(clip_id=row["clip_id"])["track"], snapshot.corrections)


def _check_others(store: Store, snapshot: Snapshot, new: Correction) -> None:
    """Make sure that all corrections that hold still do with a new one.

    Raises:
        UsageError: one would not hold any more.
    """
    after = replace(snapshot, corrections=(*snapshot.corrections, new))
    before = {one.id for one in holding(snapshot.corrections)} - _lost(store, snapshot)
    for one in holding(snapshot.corrections):
        if one.id in before & _lost(store, after):
            how = "builds on it" if new.kind is Kind.UNDO else "says otherwise"
            raise UsageError(f"correction {one.short_id} by {one.user} ({one.kind}) {how}; undo that first")


def _described(row: dict[str, Any]) -> CorrectedTrack:
    """Describe a trajectory so that it is found again."""
    return CorrectedTrack(
        clip=row["clip_id"],
        run=row["run"],
        track=row["track"],
        first_us=row["first_us"] - row["start_us"],
        last_us=row["last_us"] - row["start_us"],
        waypoints=tuple(
            (point["us"], point["x"], point["y"], point["height_px"]) for point in row["waypoints"] or ()
        ),
    )
