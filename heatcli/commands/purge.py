"""The work behind `heatcli purge`: what is too old, or is to be erased, leaves the store for good."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import numpy as np

from heatcli.analysis.erased import without_erased
from heatcli.clock import epoch_us
from heatcli.commands.erasing import erase_times, give_plates, other_plates, remove
from heatcli.commands.keeping import keep_days
from heatcli.config.models import Config
from heatcli.errors import UsageError
from heatcli.select.cameras import matching_cameras
from heatcli.select.decided import decided_before
from heatcli.select.regions import regions_of
from heatcli.select.selection import Selection
from heatcli.store.audits import forget_questions
from heatcli.store.clips import ClipRow
from heatcli.store.corrections import CorrectedTrack, Correction, cut_corrections
from heatcli.store.descriptors import forget_descriptors
from heatcli.store.erase import erase_dead_runs, erase_leftovers
from heatcli.store.erasures import Erasure, note_erasures, read_erasures, whole_time
from heatcli.store.identity import run_time
from heatcli.store.journal import Deed, note_entry, read_journal, said, unfinished
from heatcli.store.kept_days import (
    cameras_with_days,
    date_of,
    day_files,
    erased_files,
    forget_files,
)
from heatcli.store.partials import remove_unasked
from heatcli.store.pieces import remove_all_pieces, remove_old_pieces
from heatcli.store.staging import commit_staged, staged_runs
from heatcli.store.store import Store
from heatcli.store.writing import alone


def purge_old(store: Store, config: Config, *, now: datetime | None = None) -> dict[str, int]:
    """Remove what is older than `[privacy]` of the configuration keeps, and end what was not finished.

    Args:
        store: heat store.
        config: configuration (`heatcli.toml`).
        now: UTC time from which ages are counted; None for now.

    Returns:
        Numbers of what went: `clips`, `rows`, `trajectories`, `descriptors`, `corrections`, `audits`, `days`
        of which sums were kept; of days that are `kept_days` from now on; and of clips that were `cut`, where
        an erasure was ended that had been killed.

    Raises:
        UsageError: the configuration does not say how long anything is kept.
        StoreError: the store cannot be read or written.
    """
    privacy, now = config.said_privacy, now or datetime.now(UTC)
    if privacy is None:
        raise UsageError(
            "nothing says how long things are kept: write [privacy] into heatcli.toml, or say what to erase "
            "with --camera, --date, --from, --to or --roi"
        )
    kept = {
        "descriptors": str(privacy.descriptors or "forever"),
        "tracks": str(privacy.tracks or "forever"),
        "aggregates": str(privacy.aggregates or "forever"),
    }
    since = None if privacy.aggregates is None else (now - privacy.aggregates).date()
    with _in_journal(store, {"profile": privacy.profile, **kept}) as counts:
        if privacy.tracks is not None:
            before = now - privacy.tracks
            old = [clip for clip in store.clips() if clip.start < before]
            counts["kept_days"] = keep_days(store, config, old, since=since)
            counts += _remove_old(store, before)
        if since is not None:
            old_days = [file for file in day_files(store.path) if date_of(file) < since]
            counts["days"] += forget_files(store.path, old_days)
        if privacy.descriptors is not None:
            decisions = decided_before(store, config, now - privacy.descriptors)
            counts["descriptors"] = forget_descriptors(store, decisions) if len(decisions) else 0
        remove_old_pieces(store.path)
    return dict(counts)


def erase(store: Store, erasures: Collection[Erasure], selection: Selection) -> dict[str, int]:
    """Erase times and places, also from recordings that are analysed again later.

    Args:
        store: heat store.
        erasures: times and places of cameras, as `erasures_for` gives them.
        selection: selection that they were asked with, for the journal.

    Returns:
        Numbers of `clips`, `rows`, `trajectories`, `corrections` and `audits` of which something went, of
        clips that were `cut`, and of `days` whose sums went whole.

    Raises:
        StoreError: the store cannot be read or written.
    """
    asked = {**said(selection), "cameras": sorted({one.camera for one in erasures})}
    with _in_journal(store, asked, erasures) as counts:
        # Which analyses they are of is not known before these are done.
        remove_all_pieces(store.path)
    return dict(counts)


def erasures_for(
    store: Store, selection: Selection, config: Config, *, now: datetime | None = None
) -> list[Erasure]:
    """Return what a selection means to erase: times of cameras up to now, and places in their pictures.

    Args:
        store: heat store.
        selection: cameras, times and places.
        config: configuration, which has the zones and regions that are named, and time zones.
        now: UTC time of now; None for what the clock says.

    Raises:
        UsageError: a camera or place that nobody knows, or a time that has not come yet.
        StoreError: the store cannot be read.
    """
    newest = {clip.camera: clip for clip in store.clips()}
    cameras = matching_cameras(
        {*newest, *config.cameras, *cameras_with_days(store.path)},
        config,
        names=selection.cameras,
        locations=selection.locations,
        labels=selection.labels,
        parts=False,
    )
    until, found = epoch_us(now or datetime.now(UTC)), []
    for name in cameras:
        configured, clip = config.camera(name), newest.get(name)
        zone = configured.timezone or config.timezone if clip is None else clip.timezone
        aspect = 1.0 if clip is None else clip.sample_aspect
        regions = (
            regions_of(selection, configured, camera=name, sample_aspect=aspect) if selection.rois else None
        )
        found += [
            Erasure(
                camera=name,
                begin_us=begin,
                end_us=min(end, until),
                shapes=() if regions is None else tuple(shape for _, shape in regions.shapes),
                tracking_mode=configured.tracking_mode,
            )
            for begin, end in selection.limits(zone).period.bounds.tolist()
            if begin < until
        ]
    if not found:
        raise UsageError("nothing was recorded in that time yet; check --from, --to and --date")
    return found


@contextmanager
def _in_journal(
    store: Store, selection: Mapping[str, object], erasures: Collection[Erasure] = ()
) -> Iterator[Counter[str]]:
    """Purge while nobody else writes; the journal tells when it began and, with the numbers, that it ended.

    What was erased on request and is not finished yet is ended as well, before the body of the `with`.
    """
    counts: Counter[str] = Counter()
    with alone(store.path):
        journal = read_journal(store.path)
        waiting = [entry.id for entry in unfinished(journal, Deed.PURGE)]
        ended = max((entry.id for entry in journal if entry.deed is Deed.PURGE and entry.begun), default="")
        # First, so that no entry tells of what nobody knows how to end.
        note_erasures(store.path, erasures)
        begun = note_entry(store.path, Deed.PURGE, selection=selection)
        # What waits to be committed is committed, so that nothing of it stays in a file of its own.
        staged = staged_runs(store, before=datetime.now(UTC))
        commit_staged(store, staged, allowed=partial(without_erased, store))
        erase_dead_runs(store)
        counts["days"] = forget_files(store.path, list(erased_files(store.path, read_erasures(store.path))))
        due = {*erasures, *read_erasures(store.path, since="" if waiting else ended)}
        if due:
            counts += _forget_noted(store, due)
            counts += erase_times(store, due)
        yield counts
        erase_leftovers(store)
        remove_unasked(store.path, store.scan_clips(store.table("clips")).collect()["run"])
        for entry in (*waiting, begun):
            done = dict(counts) if entry == begun else {}
            note_entry(store.path, Deed.PURGE, selection={}, begun=entry, done=done)


def _remove_old(store: Store, before: datetime) -> Counter[str]:
    """Remove all clips that start before a time, and what people have said of them."""
    clips = store.clips()
    old = [clip for clip in clips if clip.start < before]
    ids, known = {(clip.camera, clip.clip) for clip in old}, {clip.clip for clip in clips}

    def left(_: Correction, track: CorrectedTrack) -> CorrectedTrack | None:
        is_old = track.clip in {clip for _, clip in ids} or (
            track.clip not in known and run_time(track.run) < before
        )
        return None if is_old else track

    counts = Counter(
        corrections=cut_corrections(store.path, left),
        audits=forget_questions(store.path, lambda camera, clip: (camera, clip) in ids),
        clips=len(old),
        rows=sum(clip.rows for clip in old),
        trajectories=sum(clip.trajectories for clip in old),
    )
    kept = [clip for clip in clips if clip.start >= before]
    for camera in {clip.camera for clip in old}:
        own = [clip for clip in clips if clip.camera == camera]
        plates = other_plates(own, [clip for clip in own if clip.start < before])
        give_plates(store, [clip for clip in kept if clip.camera == camera], plates)
    remove(store, old)
    return counts


def _forget_noted(store: Store, erasures: Collection[Erasure]) -> Counter[str]:
    """Forget what people have said of times and places that are erased."""
    clips: dict[str, list[ClipRow]] = {}
    for clip in store.clips():
        clips.setdefault(clip.clip, []).append(clip)

    def left(one: Correction, track: CorrectedTrack) -> CorrectedTrack | None:
        # A correction names the camera that a clip had then.
        of = clips.get(track.clip, [])
        row = next((clip for clip in of if clip.camera == one.camera), of[0] if of else None)
        if row is None:
            return None if _may_be_of(erasures, one.camera, track.run) else track
        own = [erasure for erasure in erasures if erasure.meets(row)]
        return _left_of(track, row, own) if own else track

    def is_gone(camera: str, clip: str) -> bool:
        own = [row for row in clips.get(clip, []) if row.camera == camera]
        at = {erasure.camera for erasure in erasures}
        return any(erasure.meets(row) for erasure in erasures for row in own) if own else camera in at

    return Counter(
        corrections=cut_corrections(store.path, left), audits=forget_questions(store.path, is_gone)
    )


def _may_be_of(erasures: Collection[Erasure], camera: str, run: str) -> bool:
    """Tell whether a clip that the store does not have may be of the time: it was analysed after that."""
    at_us = epoch_us(run_time(run))
    return any(one.camera == camera and one.begin_us <= at_us for one in erasures)


def _left_of(track: CorrectedTrack, clip: ClipRow, erasures: Sequence[Erasure]) -> CorrectedTrack | None:
    """Return what may still be said of a trajectory of a clip; None for nothing."""
    start_us = epoch_us(clip.start) + track.first_us
    points = np.array(track.waypoints, np.float64).reshape(-1, 4)
    if not len(points):
        seen = np.array([[start_us, epoch_us(clip.start) + track.last_us + 1]])
        return track if (~whole_time(erasures).contains(seen[:, 0])).any() else None
    time_us = start_us + points[:, 0].astype(np.int64)
    gone = np.zeros(len(points), np.bool_)
    for one in erasures:
        gone |= (time_us >= one.begin_us) & (time_us < one.end_us) & one.holds_feet(points[:, 1:], clip)
    if gone.all():
        return None
    kept = [point for point, is_gone in zip(track.waypoints, gone.tolist(), strict=True) if not is_gone]
    first_us = kept[0][0]
    return replace(
        track,
        first_us=track.first_us + first_us,
        last_us=track.first_us + kept[-1][0] if gone[-1] else track.last_us,
        waypoints=tuple((us - first_us, x, y, tall) for us, x, y, tall in kept),
    )
