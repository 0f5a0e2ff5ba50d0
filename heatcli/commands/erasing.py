"""Erasing times and places from the tables: what is left is written anew, all else stays equal."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from pathlib import PurePath
from secrets import token_hex

import polars as pl

from heatcli.analysis.erased import rest_of
from heatcli.clock import epoch_us
from heatcli.select.persons import persons
from heatcli.store.clips import ClipRow, clip_rows
from heatcli.store.commit import append_rows, switch_runs
from heatcli.store.debris import delete_rows, delete_runs
from heatcli.store.erase import set_values
from heatcli.store.erasures import Erasure
from heatcli.store.faults import store_errors
from heatcli.store.files import data_files, scan
from heatcli.store.identity import new_run
from heatcli.store.schema import TableName
from heatcli.store.store import Snapshot, Store

# Rows that are read at once: some 50 MB.
_ROWS_AT_ONCE = 500_000


def erase_times(store: Store, erasures: Collection[Erasure]) -> Counter[str]:
    """Erase times and places of cameras; older versions of the tables still have them.

    A clip of which all is erased goes. Who is one person in other places and clips stays so: it is noted in
    the column `person`, since the trajectories that told it may be gone.

    Args:
        store: store to erase from; nobody else may be writing to it (`heatcli.store.writing.alone`).
        erasures: times and places of cameras.

    Returns:
        Numbers of `clips` that went, of clips that were `cut`, and of `rows` and `trajectories` that went.

    Raises:
        StoreError: the store cannot be read or written.
    """
    counts: Counter[str] = Counter()
    for camera, own in groupby(sorted(erasures, key=attrgetter("camera")), attrgetter("camera")):
        counts += _erase_camera(store, camera, list(own))
    return counts


def _erase_camera(store: Store, camera: str, erasures: Sequence[Erasure]) -> Counter[str]:
    snapshot = store.snapshot()
    known = clip_rows(snapshot.clips.filter(camera=camera))
    met = [clip for clip in known if any(one.meets(clip) for one in erasures)]
    touched: dict[str, Collection[int]] = {}
    gone, cut, counts = [], [], Counter[str]()
    for clip, tracks, trajectories in _read(store, snapshot, met):
        rest = rest_of(clip, tracks, trajectories, _own(erasures, clip))
        if rest is None:
            gone.append(clip)
            touched[clip.run] = trajectories["track"].to_list()
            counts.update(clips=1, rows=clip.rows, trajectories=clip.trajectories)
        elif rest.touched or rest.clip.covered_us < clip.covered_us:
            cut.append(clip)
            touched[clip.run] = rest.touched
            counts.update(cut=1, rows=len(tracks) - len(rest.tracks))
            counts.update(trajectories=len(trajectories) - len(rest.trajectories))
    _keep_persons(store, snapshot, camera, touched)
    plates = other_plates(known, met)
    _write_rests(store, cut, erasures, plates)
    remove(store, gone)
    rewritten = {clip.run for clip in (*gone, *cut)}
    give_plates(store, [clip for clip in known if clip.run not in rewritten], plates)
    return counts


def remove(store: Store, clips: Sequence[ClipRow]) -> None:
    """Remove clips and their rows; nobody else may be writing to the store."""
    if clips:
        cameras, runs = {clip.camera for clip in clips}, {clip.run for clip in clips}
        delete_rows(store, "clips", cameras, runs)
        store.make_durable()
        delete_runs(store, cameras, runs)


def other_plates(known: Sequence[ClipRow], met: Sequence[ClipRow]) -> dict[str, str | None]:
    """Find another picture of the empty scene for clips whose own may show what is erased.

    Args:
        known: all clips of a camera.
        met: those of them of which something is erased.

    Returns:
        Path of another plate of the same scene, by the run of the clip; None where there is none.
    """
    ids, of_met = {clip.clip for clip in known}, {clip.clip for clip in met}
    named_by_met = {clip.plate for clip in met}

    def may_show(plate: str) -> bool:
        # A plate has the name of the clip that it was taken from; nothing tells of when one is that is gone.
        source = PurePath(plate).name.partition("-")[0]
        return source in of_met or (source not in ids and plate in named_by_met)

    others = [clip for clip in known if clip.plate is not None and not may_show(clip.plate)]
    found: dict[str, str | None] = {}
    for clip in known:
        if clip.plate is None or not may_show(clip.plate):
            continue
        same = [
            one
            for one in others
            if (one.width, one.height, one.settings_hash) == (clip.width, clip.height, clip.settings_hash)
        ]
        nearest = min(same, key=lambda one: abs(one.start - clip.start), default=None)
        found[clip.run] = None if nearest is None else nearest.plate
    return found


def give_plates(store: Store, clips: Sequence[ClipRow], plates: Mapping[str, str | None]) -> None:
    """Give clips other pictures of the empty scene, by their runs; those that have none keep their own."""
    changed = [clip for clip in clips if clip.run in plates]
    new = {
        "camera": [clip.camera for clip in changed],
        "run": [clip.run for clip in changed],
        "plate": [plates[clip.run] for clip in changed],
    }
    set_values(store, "clips", pl.DataFrame(new, schema=dict.fromkeys(new, pl.String())), column="plate")


def _keep_persons(
    store: Store, snapshot: Snapshot, camera: str, touched: Mapping[str, Collection[int]]
) -> None:
    """Note who is one person with whom, of all persons that lose something."""
    with store_errors(store.path):
        files = data_files(snapshot.trajectories, store.path / "trajectories").filter(camera=camera)
        clips = snapshot.clips.filter(camera=camera).sort("start", "clip")
        everybody = persons(scan("trajectories", files, camera), clips).rows
    names = [(run, track) for run, tracks in touched.items() for track in tracks]
    losing = pl.DataFrame(names, schema={"run": pl.String(), "track": pl.Int32()}, orient="row")
    theirs = everybody.join(losing, on=["run", "track"], how="semi")["person"].unique()
    tokens = pl.DataFrame({"person": theirs, "name": [token_hex(8) for _ in theirs]})
    named = everybody.join(tokens, on="person")
    new = named.select(pl.lit(camera).alias("camera"), "run", "track", person="name")
    set_values(store, "trajectories", new, column="person")


def _write_rests(
    store: Store, clips: Sequence[ClipRow], erasures: Sequence[Erasure], plates: Mapping[str, str | None]
) -> None:
    """Write what is left of clips as new runs, and make these the live ones in one commit."""
    snapshot, now = store.snapshot(), datetime.now(UTC)
    new = []
    for group in _groups(clips):
        left = []
        for clip, tracks, trajectories in _read(store, snapshot, group):
            rest = rest_of(clip, tracks, trajectories, _own(erasures, clip))
            assert rest is not None
            run = new_run()
            row = replace(
                rest.clip,
                run=run,
                rows=len(rest.tracks),
                trajectories=len(rest.trajectories),
                plate=plates.get(clip.run, clip.plate),
                analysed_at=now,
            )
            new.append(row)
            left.append([rows.with_columns(run=pl.lit(run)) for rows in (rest.tracks, rest.trajectories)])
        append_rows(store, "tracks", [pl.concat([tracks for tracks, _ in left])])
        append_rows(store, "trajectories", [pl.concat([trajectories for _, trajectories in left])])
    if new:
        switch_runs(store, new)


def _own(erasures: Sequence[Erasure], clip: ClipRow) -> list[Erasure]:
    return [one for one in erasures if one.meets(clip)]


def _groups(clips: Sequence[ClipRow]) -> Iterator[list[ClipRow]]:
    """Put clips together as long as their rows fit in memory."""
    group: list[ClipRow] = []
    for clip in clips:
        group.append(clip)
        if sum(one.rows for one in group) >= _ROWS_AT_ONCE:
            yield group
            group = []
    if group:
        yield group


def _read(
    store: Store, snapshot: Snapshot, clips: Sequence[ClipRow]
) -> Iterator[tuple[ClipRow, pl.DataFrame, pl.DataFrame]]:
    """Yield clips of one camera, each with its rows of `tracks` and of `trajectories`."""
    for group in _groups(clips):
        tracks = _rows(store, "tracks", snapshot, group)
        trajectories = _rows(store, "trajectories", snapshot, group)
        for clip in group:
            own = tracks.filter(run=clip.run).sort("frame", "track")
            yield clip, own, trajectories.filter(run=clip.run).sort("track")


def _rows(store: Store, name: TableName, snapshot: Snapshot, clips: Sequence[ClipRow]) -> pl.DataFrame:
    """Return the rows of clips of one camera, at least one."""
    begin = min(epoch_us(clip.start) for clip in clips)
    end = max(epoch_us(clip.start) + clip.duration_us for clip in clips)
    table = snapshot.tracks if name == "tracks" else snapshot.trajectories
    with store_errors(store.path):
        files = data_files(table, store.path / name).filter(
            pl.col("camera") == clips[0].camera,
            (pl.col("earliest") <= end).fill_null(True),
            (pl.col("latest") >= begin).fill_null(True),
        )
        rows = scan(name, files, clips[0].camera)
        return rows.filter(pl.col("run").is_in([clip.run for clip in clips])).collect()
