"""The row that the catalog has of an analysed clip."""

from heatcli.analysis.clip_start import ClipStart, file_start
from heatcli.analysis.named_days import check_day
from heatcli.analysis.plan import Job, settings_hash
from heatcli.analysis.sources import FileState
from heatcli.clock import epoch_us
from heatcli.detect.base import Detector
from heatcli.store.clips import ClipRow
from heatcli.store.identity import new_run
from heatcli.store.store import stored_path
from heatcli.version import __version__
from heatcli.video.frame import VideoInfo
from heatcli.video.timeline import Timeline


def start_of(job: Job, info: VideoInfo, duration_us: int) -> ClipStart:
    """Return when a clip was recorded: as the user or its path says, or else its file.

    Raises:
        InputError: the path does not say clearly when the clip was recorded, or its file is of another day.
    """
    known = job.known_start()
    if known is not None:
        return known
    start = file_start(job.path, creation_time=info.creation_time, duration_us=duration_us)
    check_day(job.path, start, job.zone)
    return start


def clip_row(
    job: Job,
    state: FileState,
    clip: str,
    settings: str,
    detector: Detector,
    timeline: Timeline,
    info: VideoInfo,
) -> ClipRow:
    """Return the row of a clip under a new run, without the fields that the commit sets.

    Args:
        job: plan by which the clip was analysed.
        state: size and modification time of the clip's file.
        clip: id of the clip.
        settings: settings of the analysis, as JSON.
        detector: detector that found the objects.
        timeline: times of all frames of the clip, with counts of those that failed.
        info: metadata from the clip's container.

    Raises:
        InputError: it is not clear when the clip was recorded.
    """
    covered = timeline.coverage()
    duration_us = int(covered.bounds[-1, 1]) if len(covered.bounds) else 0
    start = start_of(job, info, duration_us)
    return ClipRow(
        camera=job.camera,
        clip=clip,
        run=new_run(),
        path=stored_path(job.path),
        bytes=state.size,
        mtime=state.mtime_ns,
        start=start.time,
        start_source=start.source,
        timezone=job.zone.key,
        duration_us=duration_us,
        width=info.width,
        height=info.height,
        sample_aspect=float(info.sample_aspect),
        rotation=info.rotation,
        fps=info.fps,
        sample_fps=None if job.settings.sample_fps == "auto" else job.settings.sample_fps,
        frames_decoded=timeline.frames_decoded,
        frames_failed=timeline.frames_failed,
        frames_processed=timeline.frames_processed,
        frames_looked_at=timeline.frames_looked_at,
        frames_quiet=timeline.frames_quiet,
        coverage=covered.shift(epoch_us(start.time)),
        detector=detector.identity.detector,
        weights=detector.identity.weights,
        weights_sha256=detector.identity.weights_sha256,
        settings=settings,
        settings_hash=settings_hash(settings),
        heatcli_version=__version__,
    )
