"""From frames to tracklets: decoding, detection and association of one clip."""

import ctypes
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from heatcli.analysis.following import Following
from heatcli.analysis.kept_pieces import KeptPieces
from heatcli.analysis.models import LoadedModels
from heatcli.analysis.plan import Job
from heatcli.analysis.progress import Progress
from heatcli.analysis.stage import Stage
from heatcli.errors import VideoError
from heatcli.track.appearance.attributes import Sightings
from heatcli.track.online.online import OnlineTracker
from heatcli.video.division import Division
from heatcli.video.frame import Frame, VideoInfo
from heatcli.video.reader import VideoReader

# Frames that a detector which learns beforehand is shown first, spread evenly: enough to see each place
# empty, few enough to take seconds.
_LEARN_FRAMES = 120
# A header that is off by so little only makes these frames a few more or fewer.
_HEADER_TOLERANCE = 0.1
# Bytes of one batch of frames. Up to five batches are in memory at once, which bounds it.
_BATCH_BYTES = 128 * 2**20
# Length of a piece in µs: ten minutes or, for a detector that learns anew with each, half an hour, as
# recorders' files have.
_PIECE_US = 600_000_000
_LEARNED_PIECE_US = 1_800_000_000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Followed:
    """What was seen in a clip, before tracklets are linked into trajectories.

    Attributes:
        tracker: online tracker that holds the tracklets.
        sightings: evidence for the attributes of trajectories; None where none were asked for.
        plate: (height, width, 3) uint8 BGR picture of the empty scene; None where there is none.
    """

    tracker: OnlineTracker
    sightings: Sightings | None
    plate: NDArray[np.uint8] | None


def follow(
    job: Job, video: VideoReader, models: LoadedModels, progress: Progress, kept: KeptPieces
) -> Followed:
    """Decode, detect and associate at the same time, each in a thread of its own.

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
        VideoError: all frames are damaged, or the file can no longer be read from its disk.
    """
    detector, clip = models.detector, str(job.path)
    progress.begin(clip, _expected_frames(video.info, job.settings.sample_fps))
    measured = video.measure()
    length_us = measured.coverage().total_us
    division = Division.of(
        int(measured.pts_us()[-1:].sum()), _LEARNED_PIECE_US if detector.reads_ahead else _PIECE_US
    )
    kept.begin(video.info, division)
    following = Following(
        job.settings, models, video.info, idle_us=measured.idle_us(), notes=division.count > 1
    )
    timeline = video.empty_timeline()
    try:
        first = following.resume(
            kept, timeline, division.count - 1, lambda frames: progress.advance(clip, frames)
        )
    except ValueError:
        kept.distrust()
        return follow(job, video, models, progress, kept)
    frame_bytes = 3 * video.info.width * video.info.height
    size = max(1, min(detector.batch_size, _BATCH_BYTES // frame_bytes))
    frames = _Cut(
        video.frames(
            job.settings.sample_fps, from_us=division.begin_us(first), division=division, known=timeline
        ),
        division,
    )
    for number in range(first, division.count):
        with video.beside() as beside:
            ahead = _spread(beside, length_us, division, number) if detector.reads_ahead else ()
            detector.learn(ahead, width=video.info.width, height=video.info.height)
        _return_memory()
        with ExitStack() as stack:
            decoded = stack.enter_context(Stage(_batches(frames.piece(number), size), ahead=1))
            detected = stack.enter_context(Stage(((b, detector.detect(b)) for b in decoded), ahead=1))
            for batch, detections in detected:
                for frame, found in zip(batch, detections, strict=True):
                    following.take(frame, found)
                progress.advance(clip, len(batch))
        if number < len(timeline.ends):
            if not video.layout.is_uniform:
                kept.end()
            kept.write(number, following.end_piece(timeline, number))
        _return_memory()
    if video.learn_size():
        return follow(job, video, models, progress, kept)
    if not timeline.frames_processed:
        raise VideoError(
            f"{job.path}: all of its {timeline.frames_failed} frames are damaged, and nothing can be "
            "counted in it; copy it from the recorder again"
        )
    return Followed(following.tracker, following.sightings, following.plate.plate())


def _return_memory() -> None:
    """Give unused memory back to the system: what each piece leaves of it in the heap would add up."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc has it
    if trim is not None:
        trim(0)


class _Cut:
    """Cuts the frames of a clip where its pieces end."""

    def __init__(self, frames: Iterator[Frame], division: Division) -> None:
        self._frames, self._division = frames, division
        self._next: Frame | None = None

    def piece(self, number: int) -> Iterator[Frame]:
        """Yield the frames of the next piece."""
        while (frame := self._next or next(self._frames, None)) is not None:
            self._next = frame
            if self._division.number(frame.pts_us) > number:
                return
            self._next = None
            yield frame


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
        return takewhile(lambda frame: division.number(frame.pts_us) == number, frames)
    said_us = video.info.duration_us
    if said_us is not None and abs(said_us - length_us) <= _HEADER_TOLERANCE * length_us:
        length_us = said_us
    return video.frames(_LEARN_FRAMES * 1e6 / length_us)


def _expected_frames(info: VideoInfo, sample_fps: float) -> int | None:
    """Return about how many frames will be processed; None where the container does not say."""
    if info.duration_us is None or info.fps is None:
        return None
    return round(info.duration_us / 1e6 * min(info.fps, sample_fps or info.fps))
