"""From frames to tracklets: decoding, detection and association of one clip.

The clip is recorded, so a frame can be looked at after the one that follows it. A base rate is enough where
people are few, slow or still; where the step between two frames leaves it open who went where, one in the
middle is looked at first, and so on, as far as `FINEST_FPS`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from heatcli.analysis.following import Following
from heatcli.analysis.kept_pieces import KeptPieces
from heatcli.analysis.memory import return_memory
from heatcli.analysis.models import LoadedModels
from heatcli.analysis.plan import Job
from heatcli.analysis.progress import Progress
from heatcli.analysis.stage import Stage
from heatcli.analysis.watch import Watch
from heatcli.errors import VideoError
from heatcli.track.alive.samples import SceneSamples
from heatcli.track.appearance.attributes import Sightings
from heatcli.track.online.online import OnlineTracker
from heatcli.video.division import Division
from heatcli.video.frame import Frame, VideoInfo, Window
from heatcli.video.reader import VideoReader
from heatcli.video.timeline import Timeline

FINEST_FPS = 10.0
"""Most frames per second that are looked at where nobody has said how many: in a tenth of a second a walker
moves by less than the width of a body."""

# Frames that a detector which learns beforehand is shown first, spread evenly: enough to see each place
# empty, few enough to take seconds.
_LEARN_FRAMES = 120
# Key frames that do in their place where a clip has so many, and most of them are sound: nothing else is
# decoded then.
_FEWEST_LEARNED = 60
# Least time that a detector which learns the empty scene needs to be shown, in µs: a walker who is there all
# the while has gone by more than twice the width of a body.
_LEAST_LEARNED_US = 1_000_000
# A header that is off by so little only makes these frames a few more or fewer.
_HEADER_TOLERANCE = 0.1
# Bytes of one batch of frames. Up to three batches are in memory at once, each with the pictures between its
# frames, which bounds it.
_BATCH_BYTES = 128 * 2**20
# Length of a piece in µs: ten minutes or, for a detector that learns anew with each, half an hour, as
# recorders' files have.
_PIECE_US = 600_000_000
_LEARNED_PIECE_US = 1_800_000_000
# Least number of frames that a piece has on average: a time lapse has days in one.
_PIECE_FRAMES = 3000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Followed:
    """What was seen in a clip, before tracklets are linked into trajectories.

    Attributes:
        tracker: online tracker that holds the tracklets.
        sightings: evidence for the attributes of trajectories; None where none were asked for.
        scene: small pictures of the scene throughout the clip.
        plate: (height, width, 3) uint8 BGR picture of the empty scene; None where there is none.
    """

    tracker: OnlineTracker
    sightings: Sightings | None
    scene: SceneSamples
    plate: NDArray[np.uint8] | None


def follow(
    job: Job, video: VideoReader, models: LoadedModels, progress: Progress, kept: KeptPieces
) -> Followed:
    """Decode in a thread of its own, and detect and associate what is decoded.

    A long clip is divided into pieces. What is found in one is kept once it is finished, so that a run after
    a kill goes on from there. If most frames turn out to have another size than the first one, all is done
    again with that size.

    Args:
        job: clip to analyse, and how.
        video: opened video of the clip.
        models: detector, appearance model and attribute model.
        progress: receiver of progress reports.
        kept: pieces that are kept.

    Raises:
        VideoError: all frames are damaged, too few are left for the detector to learn from, or the file can
            no longer be read from its disk.
    """
    detector, sample_fps, clip = models.detector, job.settings.sample_fps, str(job.path)
    base_fps = detector.base_fps if sample_fps == "auto" else sample_fps
    progress.begin(clip, _expected_frames(video.info, base_fps))
    measured = video.measure()
    length_us = measured.coverage().total_us
    division = _division(measured, _LEARNED_PIECE_US if detector.reads_ahead else _PIECE_US)
    kept.begin(video.info, division)
    timeline = video.empty_timeline()
    following = Following(
        job.settings, models, video.info, timeline, idle_us=measured.idle_us(), notes=division.count > 1
    )
    try:
        first = following.resume(kept, division.count - 1, lambda frames: progress.advance(clip, frames))
    except ValueError:
        kept.distrust()
        return follow(job, video, models, progress, kept)
    frame_bytes = 3 * video.info.width * video.info.height
    thrifty = sample_fps == "auto"
    windows = video.windows(
        base_fps,
        finest_fps=FINEST_FPS if thrifty else None,
        from_us=division.begin_us(first),
        skip_quiet=thrifty,
        division=division,
        known=timeline,
    )
    cut = _Cut(windows, division)
    for number in range(first, division.count):
        with video.beside() as beside:
            ahead = _spread(beside, length_us, division, number) if detector.reads_ahead else ()
            detector.learn(ahead, width=video.info.width, height=video.info.height)
        # Which form of a model runs, and how much it takes at once, is known once it has learned.
        size = max(1, min(detector.batch_size, _BATCH_BYTES // frame_bytes))
        return_memory()
        watch = Watch(detector, confidence=job.settings.confidence, thrifty=thrifty)
        with Stage(_batches(cut.piece(number), size), ahead=1) as decoded:
            for batch in decoded:
                for window, frame, found in watch.found(batch):
                    if frame is None:
                        following.pass_over(window.picture, found)
                    else:
                        following.advance(window.between, frame, found)
                    following.note(window)
                progress.advance(clip, len(batch))
        if number < len(timeline.ends):
            # After damage, nothing is left undecoded any more, in a whole run.
            if not video.layout.is_uniform or (thrifty and video.is_damaged):
                kept.end()
            kept.write(number, following.end_piece(number))
        return_memory()
    if video.learn_size():
        return follow(job, video, models, progress, kept)
    if not timeline.frames_processed:
        raise VideoError(
            f"{job.path}: all of its {timeline.frames_failed} frames are damaged, and nothing can be "
            "counted in it; copy it from the recorder again"
        )
    covered_us = timeline.coverage().total_us
    if detector.reads_ahead and covered_us < _LEAST_LEARNED_US:
        raise VideoError(
            f"{job.path}: only {covered_us / 1e6:.1f} s of it can be used, and {detector.identity.detector} "
            "does not know the empty scene by that; use yolo, or copy it from the recorder again"
        )
    return Followed(following.tracker, following.sightings, following.scene, following.plate.plate())


def _division(measured: Timeline, piece_us: int) -> Division:
    """Divide a clip whose frames have these times into pieces of some length, or longer ones."""
    length_us, frames = int(measured.pts_us()[-1:].sum()), max(1, measured.frames_processed)
    return Division.of(length_us, max(piece_us, length_us * _PIECE_FRAMES // frames))


class _Cut:
    """Cuts the windows of a clip where its pieces end."""

    def __init__(self, windows: Iterator[Window], division: Division) -> None:
        self._windows, self._division = windows, division
        self._next: Window | None = None

    def piece(self, number: int) -> Iterator[Window]:
        """Yield the windows of the next piece."""
        while (window := self._next or next(self._windows, None)) is not None:
            self._next = window
            if self._division.number(window.picture.pts_us) > number:
                return
            self._next = None
            yield window


def _batches(items: Iterator[T], size: int) -> Iterator[list[T]]:
    """Group items into batches of one size; the last one may be shorter."""
    while batch := list(islice(items, size)):
        yield batch


def _spread(video: VideoReader, length_us: int, division: Division, number: int) -> Iterator[Frame]:
    """Yield frames spread evenly over a piece of a clip, about `_LEARN_FRAMES` of them.

    Args:
        video: reader of the clip.
        length_us: length of what was recorded, in µs.
        division: division of the clip.
        number: number of the piece.
    """
    if division.count > 1:
        begin_us = division.begin_us(number)
        frames = video.frames(_LEARN_FRAMES * 1e6 / division.piece_us, from_us=begin_us)
        yield from takewhile(lambda frame: division.number(frame.pts_us) == number, frames)
        return
    if video.key_frame_count >= _FEWEST_LEARNED:
        count = 0
        for frame in video.key_frames(min(_LEARN_FRAMES, video.key_frame_count)):
            count += 1
            yield frame
        if 2 * count >= _FEWEST_LEARNED:
            return
    said_us = video.info.duration_us
    if said_us is not None and abs(said_us - length_us) <= _HEADER_TOLERANCE * length_us:
        length_us = said_us
    yield from video.frames(_LEARN_FRAMES * 1e6 / length_us)


def _expected_frames(info: VideoInfo, sample_fps: float) -> int | None:
    """Return about how many frames will be sampled; None where the container does not say."""
    if info.duration_us is None or info.fps is None:
        return None
    return round(info.duration_us / 1e6 * min(info.fps, sample_fps or info.fps))
