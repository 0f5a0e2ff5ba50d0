"""The work behind `heatcli privacy`: what a store holds of whom, how old it is, and how long it is kept."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from operator import attrgetter

import polars as pl

from heatcli.config.models import Config
from heatcli.store.clips import ClipRow
from heatcli.store.erasures import read_erasures
from heatcli.store.faults import store_errors
from heatcli.store.files import data_files, scan
from heatcli.store.forgotten import read_forgotten
from heatcli.store.identity import run_time
from heatcli.store.journal import Deed, read_journal, unfinished
from heatcli.store.kept_days import date_of, day_files
from heatcli.store.maintenance import plate_files
from heatcli.store.pieces import PIECES_KEPT, piece_times
from heatcli.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One kind of things that a store keeps.

    Attributes:
        kind: name of the kind.
        what: what it tells, and of whom.
        is_personal: whether it is data about people, who can be told from each other by it.
        number: how many there are.
        oldest: UTC time that the oldest is of; None where there is none.
        kept_for: time after which `heatcli purge` removes it; None for never.
    """

    kind: str
    what: str
    is_personal: bool
    number: int
    oldest: datetime | None
    kept_for: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptOfCamera:
    """What a store keeps of those whom one camera has seen.

    Attributes:
        camera: name of the camera.
        clips: number of clips.
        trajectories: number of trajectories.
        first: UTC time at which the oldest clip begins.
        last: UTC time at which the newest clip begins.
        models: detectors and models that have found and described them, by name.
    """

    camera: str
    clips: int
    trajectories: int
    first: datetime
    last: datetime
    models: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Privacy:
    """What a store holds of people.

    Attributes:
        profile: profile of `[privacy]`; None where the configuration has no such table.
        kept: kinds of things that it keeps.
        cameras: what it keeps of each camera, by name.
        erased: number of times and places that were erased on request.
        unfinished: UTC times of purges that were begun and did not end.
    """

    profile: str | None
    kept: tuple[Kept, ...]
    cameras: tuple[KeptOfCamera, ...]
    erased: int
    unfinished: tuple[datetime, ...]


def privacy_of(store: Store, config: Config | None = None) -> Privacy:
    """Tell what a store holds of people.

    Args:
        store: heat store.
        config: configuration (`heatcli.toml`), which says how long things are kept; None for the defaults.

    Raises:
        StoreError: the store cannot be read.
    """
    said = None if config is None else config.said_privacy
    snapshot, clips = store.snapshot(), store.clips()
    tracks_for = None if said is None else said.tracks
    looks_for = None if said is None else said.descriptors
    with store_errors(store.path):
        files = data_files(snapshot.trajectories, store.path / "trajectories")
        live = scan("trajectories", files, None).filter(pl.col("run").is_in([clip.run for clip in clips]))
        described = live.filter(pl.col("descriptor").is_not_null())
        looks, oldest_look = described.select(pl.len(), pl.col("first").min()).collect().row(0)
    oldest = min((clip.start for clip in clips), default=None)
    journal, forgotten = read_journal(store.path), read_forgotten(store.path)
    pieces = piece_times(store.path)
    corrections = [run_time(one.id) for one in snapshot.corrections]
    audits = [run_time(one.id) for one in snapshot.audits]
    named = {clip.plate for clip in clips} - {None}
    days = day_files(store.path)
    oldest_day = min(map(date_of, days), default=None)
    kept = (
        Kept(
            kind="tracks",
            what="where each person was, frame by frame",
            is_personal=True,
            number=sum(clip.rows for clip in clips),
            oldest=oldest,
            kept_for=tracks_for,
        ),
        Kept(
            kind="trajectories",
            what="when each person came and left, the way they went, kind and attributes",
            is_personal=True,
            number=sum(clip.trajectories for clip in clips),
            oldest=oldest,
            kept_for=tracks_for,
        ),
        Kept(
            kind="descriptors",
            what="what each person looks like, as numbers by which they are told from others",
            is_personal=True,
            number=looks,
            oldest=oldest_look,
            kept_for=looks_for,
        ),
        Kept(
            kind="plates",
            what="pictures of the empty scene, which may show who stood there for long",
            is_personal=True,
            number=len(plate_files(store.path)),
            oldest=min((clip.start for clip in clips if clip.plate in named), default=None),
            kept_for=tracks_for,
        ),
        Kept(
            kind="pieces",
            what="what was found so far in long clips that are being analysed",
            is_personal=True,
            number=len(pieces),
            oldest=min(pieces, default=None),
            kept_for=PIECES_KEPT,
        ),
        Kept(
            kind="corrections",
            what="who is who as somebody has seen it, and the name of that user",
            is_personal=True,
            number=len(corrections),
            oldest=min(corrections, default=None),
            kept_for=tracks_for,
        ),
        Kept(
            kind="audits",
            what="how far numbers may be off, by answers about pictures, and the name of the user who gave "
            "them; what was asked goes with the tracks",
            is_personal=True,
            number=len(audits),
            oldest=min(audits, default=None),
            kept_for=None,
        ),
        Kept(
            kind="days",
            what="sums of a camera's day, by zone and hour, after its rows have gone; nobody who was seen",
            is_personal=False,
            number=len(days),
            oldest=None if oldest_day is None else datetime.combine(oldest_day, time(), UTC),
            kept_for=None if said is None else said.aggregates,
        ),
        Kept(
            kind="clips",
            what="recordings: file, camera, time, settings; nobody who was seen",
            is_personal=False,
            number=len(clips),
            oldest=oldest,
            kept_for=tracks_for,
        ),
        Kept(
            kind="forgotten",
            what="recordings that are not to come back: file and camera",
            is_personal=False,
            number=len(forgotten),
            oldest=None,
            kept_for=None,
        ),
        Kept(
            kind="journal",
            what="what was done, when, and by which user; nobody who was seen",
            is_personal=True,
            number=len(journal),
            oldest=min((entry.time for entry in journal), default=None),
            kept_for=None,
        ),
    )
    cameras = groupby(clips, attrgetter("camera"))
    return Privacy(
        profile=None if said is None else said.profile,
        kept=kept,
        cameras=tuple(_of_camera(camera, list(own)) for camera, own in cameras),
        erased=len(read_erasures(store.path)),
        unfinished=tuple(entry.time for entry in unfinished(journal, Deed.PURGE)),
    )


def _of_camera(camera: str, clips: Sequence[ClipRow]) -> KeptOfCamera:
    return KeptOfCamera(
        camera=camera,
        clips=len(clips),
        trajectories=sum(clip.trajectories for clip in clips),
        first=min(clip.start for clip in clips),
        last=max(clip.start for clip in clips),
        models=tuple(sorted({name for clip in clips for name in _models(clip)})),
    )


def _models(clip: ClipRow) -> list[str]:
    """Return the names of what has found and described people in a clip."""
    settings = json.loads(clip.settings)
    reid, attributes = settings.get("reid_weights_sha256"), settings.get("attributes") or {}
    detector = clip.detector if clip.weights is None else f"{clip.detector} ({clip.weights})"
    return [
        detector,
        *([] if reid is None else [f"re-identification ({reid[:12]})"]),
        *(["attributes: " + ", ".join(attributes["names"])] if attributes.get("names") else []),
    ]
