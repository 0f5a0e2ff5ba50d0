"""The analysis of one clip: from its frames to rows in the store."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from heatcli.analysis.clip_row import clip_row, start_of
from heatcli.analysis.concerns import Concern
from heatcli.analysis.erased import check_stored, erasures_of
from heatcli.analysis.file_faults import file_faults
from heatcli.analysis.file_lengths import named_length_us
from heatcli.analysis.follow import Followed, follow
from heatcli.analysis.kept_pieces import KeptPieces
from heatcli.analysis.likeness import tells_apart
from heatcli.analysis.memory import return_memory
from heatcli.analysis.models import Models
from heatcli.analysis.plan import Job, assumed_zone_warning
from heatcli.analysis.progress import Progress
from heatcli.analysis.run_rows import RunKey, tracks_frames, trajectories_frame
from heatcli.analysis.sensitive import sensitive, sensitive_warning
from heatcli.analysis.sources import FileState, check_unchanged
from heatcli.config.settings import AnalyzeSettings
from heatcli.store.clips import ClipRow
from heatcli.store.commit import NewRun
from heatcli.store.store import Store
from heatcli.track.alive.linking import link_alive
from heatcli.track.appearance.attributes import PERSON
from heatcli.track.appearance.descriptor_bytes import to_bytes
from heatcli.track.observations import Observations
from heatcli.track.processed_frames import ProcessedFrames
from heatcli.track.smooth.smooth import smooth
from heatcli.video.frame import VideoInfo
from heatcli.video.reader import VideoReader


def analyze_clip(
    job: Job,
    state: FileState,
    clip: str,
    *,
    file: Path,
    models: Models,
    store: Store,
    progress: Progress,
    keep: Callable[[NewRun], ClipRow],
) -> ClipRow:
    """Analyse a clip, and keep its rows.

    Args:
        job: clip to analyse, and how.
        state: size and modification time of the clip's file before anything of it was read.
        clip: id of the clip.
        file: file of this machine with the clip's bytes.
        models: models of all settings.
        store: store to write to.
        progress: receiver of progress reports.
        keep: function that writes the run to the store, live or staged.

    Returns:
        Row of the clip as it was written.

    Raises:
        UsageError: a model cannot be loaded, or cannot do what is asked of it.
        InputError: the clip cannot be analysed.
        ErasedError: nothing of the clip may be stored.
        StoreError: the store cannot be written.
    """
    settings = models.resolved(job.settings)
    loaded = models.load(job.settings, partial(progress.warn, Concern.EXPORT))
    if loaded.attributes is not None and (labels := sensitive(loaded.attributes.names)):
        progress.warn(Concern.SENSITIVE, sensitive_warning(labels))
    with VideoReader(
        file,
        masks=job.settings.masks,
        raw_fps=job.settings.fps,
        raw_length_us=named_length_us(job.path),
    ) as video:
        # Better now than after an hour of decoding.
        length_us = video.info.duration_us or 0
        start = start_of(job, video.info, length_us).time
        check_stored(store, job, start, length_us)
        kept = KeptPieces(
            store.path,
            clip,
            settings,
            partial(progress.warn, Concern.PIECES),
            may_keep=lambda: not erasures_of(store, job.camera, start, length_us),
        )
        followed = follow(job, video, loaded, progress, kept)
        timeline, info = video.timeline, video.info
        for fault in file_faults(video):
            progress.warn(Concern.FAULT, fault)
    # The recorder may have gone on writing: the frames that came later would be missing for ever.
    check_unchanged(job.path, state)
    frames = ProcessedFrames(timeline.index(), timeline.pts_us(), timeline.dt_us())
    row = clip_row(job, state, clip, settings, loaded.detector, timeline, info)
    if row.start_source == "mtime":
        progress.warn(
            Concern.GUESSED,
            f"{job.path}: nothing says when it was recorded; taking {row.local_start} from the "
            "file's modification time; say it with --start",
        )
    assumed = assumed_zone_warning(job)
    if assumed is not None:
        progress.warn(Concern.ZONE, assumed)
    steps = frames.only(timeline.followed())
    tracks = _tracks(
        followed, frames, steps, info, job.settings, loaded.describer.kind, loaded.detector.classes
    )
    if tracks.alive is None and len(tracks.seen):
        progress.warn(
            Concern.MOVING,
            f"{job.path}: the camera moves, so that things that look like people count as people; leave them "
            "out with --exclude",
        )
    if not tracks.told_apart:
        progress.warn(
            Concern.LIKENESS,
            f"{job.path}: people in view together look alike to {job.settings.reid_weights}, so nobody who "
            "comes back is known again; they are small or dressed alike, or it takes other colours: name "
            "them as `reid_input` in heatcli.toml",
        )
    key = RunKey(row.camera, row.clip, row.run, row.start)
    trajectories = trajectories_frame(
        key,
        frames,
        tracks.seen,
        loaded.detector.classes,
        tracks.descriptors,
        tracks.attributes,
        tracks.alive,
    )
    return_memory()
    rows = tracks_frames(key, frames, tracks.seen)
    row = keep(NewRun(clip=row, tracks=rows, trajectories=trajectories, plate=followed.plate))
    kept.remove()
    return row


@dataclass(frozen=True, slots=True)
class _Tracks:
    """Rows of all trajectories, and what is known of them, by `track`.

    Attributes:
        seen: rows, smoothed, with gaps filled.
        descriptors: appearance of those that have one.
        attributes: names of attributes of those that have any.
        alive: probability of being alive, of people only; None where the camera moves.
        told_apart: whether people in view together look like two to the re-identification model, if there
            is one.
    """

    seen: Observations
    descriptors: dict[int, bytes]
    attributes: dict[int, tuple[str, ...]]
    alive: dict[int, float] | None
    told_apart: bool


def _tracks(
    followed: Followed,
    frames: ProcessedFrames,
    steps: ProcessedFrames,
    info: VideoInfo,
    settings: AnalyzeSettings,
    kind: bytes,
    classes: Sequence[str],
) -> _Tracks:
    """Link tracklets into trajectories, once all frames are processed, and judge who is alive.

    Args:
        followed: what was seen in the clip.
        frames: processed frames, for which it is told who is where.
        steps: those of them in which people were followed.
        info: what the container says of the clip.
        settings: settings of the analysis.
        kind: kind of the descriptors.
        classes: names of the detector's classes.
    """
    linked, half_embeddings, living = link_alive(
        followed.tracker.finish(),
        followed.tracker.half_embeddings(),
        followed.scene,
        frames=steps,
        # A car that is parked is still a car.
        people=np.array([name == PERSON for name in classes]),
        width=info.width,
        height=info.height,
        settings=settings.track,
    )
    return_memory()
    seen = smooth(
        linked,
        frames=frames.index,
        pts_us=frames.pts_us,
        steps=steps.index,
        width=info.width,
        height=info.height,
        speed=settings.track.speed_lengths_per_s,
    )
    told_apart = settings.reid_weights is None or tells_apart(linked, half_embeddings, steps)
    # Likenesses that tell nobody apart would decide by chance.
    descriptors = enumerate(to_bytes(half_embeddings, kind) if told_apart else (), start=1)
    sightings = followed.sightings
    return _Tracks(
        seen,
        {track: value for track, value in descriptors if value is not None},
        {} if sightings is None else sightings.attributes(linked),
        living,
        told_apart,
    )
