"""From frames to tracklets: decoding, detection and association of one clip.

The clip is recorded, so a frame can be looked at after the one that follows it. A base rate is enough where
people are few, slow or still; where the step between two frames leaves it open who went where, one in the
middle is looked at first, and so on, as far as `FINEST_FPS`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from heatcli.analysis.models import LoadedModels
from heatcli.analysis.plan import Job
from heatcli.analysis.progress import Progress
from heatcli.analysis.stage import Stage
from heatcli.detect.base import Detections
from heatcli.errors import VideoError
from heatcli.track.appearance.appearance import appearance_of
from heatcli.track.appearance.attributes import Sightings
from heatcli.track.online.doubt import by_way_of
from heatcli.track.online.online import OnlineTracker
from heatcli.video.frame import Frame, Picture, VideoInfo
from heatcli.video.plate import PlateBuilder
from heatcli.video.reader import VideoReader

FINEST_FPS = 10.0
"""Most frames per second that are looked at where nobody has said how many: in a tenth of a second a walker
moves by less than the width of a body."""

# Frames that a detector which learns from the whole clip is shown first, spread evenly: enough to see each
# place empty, few enough to take seconds.
_LEARN_FRAMES = 120
# A header that is off by so little only makes these frames a few more or fewer.
_HEADER_TOLERANCE = 0.1
# Bytes of one batch of frames. Up to three batches are in memory at once, each with the pictures between its
# frames, which bounds it.
_BATCH_BYTES = 128 * 2**20

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
    job: Job,
    video: VideoReader,
    models: LoadedModels,
    progress: Progress,
) -> Followed:
    """Decode in a thread of its own, and detect and associate what is decoded.

    If most frames turn out to have another size than the first one, all is done again with that size.

    Args:
        job: clip to analyse, and how.
        video: opened video of the clip.
        models: detector, appearance model and attribute model.
        progress: receiver of progress reports.

    Raises:
        VideoError: all frames are damaged, or the file can no longer be read from its disk.
    """
    detector, sample_fps = models.detector, job.settings.sample_fps
    base_fps = detector.base_fps if sample_fps == "auto" else sample_fps
    progress.begin(str(job.path), _expected_frames(video.info, base_fps))
    measured = video.measure()
    ahead = _spread(video, measured.coverage().total_us) if detector.reads_ahead else ()
    detector.learn(ahead, width=video.info.width, height=video.info.height)
    frame_bytes = 3 * video.info.width * video.info.height
    size = max(1, min(detector.batch_size, _BATCH_BYTES // frame_bytes))
    windows = video.windows(base_fps, finest_fps=FINEST_FPS if sample_fps == "auto" else None)
    clip = _Clip(job, video, models, idle_us=measured.idle_us())
    with Stage(_batches(windows, size), ahead=1) as decoded:
        for batch in decoded:
            detections = detector.detect([window.frame for window in batch])
            for window, found in zip(batch, detections, strict=True):
                clip.advance(window.between, window.frame, found)
            progress.advance(str(job.path), len(batch))
    if video.learn_size():
        return follow(job, video, models, progress)
    if not video.timeline.frames_processed:
        raise VideoError(
            f"{job.path}: all of its {video.timeline.frames_failed} frames are damaged, and nothing can be "
            "counted in it; copy it from the recorder again"
        )
    return Followed(clip.tracker, clip.sightings, clip.plate.plate())


class _Clip:
    """What was seen so far in the frames that were looked at.

    Attributes:
        tracker: online tracker.
        sightings: evidence for attributes; None where none were asked for.
        plate: builder of the picture of the empty scene.
    """

    def __init__(self, job: Job, video: VideoReader, models: LoadedModels, *, idle_us: int) -> None:
        self._models = models
        self._timeline = video.timeline
        self.tracker = OnlineTracker(job.settings.track, confidence=job.settings.confidence, idle_us=idle_us)
        attributes = models.attributes
        self.sightings = None if attributes is None else Sightings(attributes, models.detector.classes)
        self.plate = PlateBuilder()

    def advance(self, between: Sequence[Picture], frame: Frame, found: Detections) -> None:
        """Go on to a frame with detections, by way of as many of the pictures before it as are needed."""
        for seen in by_way_of(between, (frame, found), self._look, self._leaves_open):
            self._take(*seen)

    def _take(self, frame: Frame, found: Detections) -> None:
        """Take in a frame, later than all before."""
        self._timeline.add_processed(frame.index, frame.pts_us)
        appearance = appearance_of(self._models.describer, frame.image, found.boxes)
        self.tracker.update(frame.index, frame.pts_us, found, appearance)
        if self.sightings is not None:
            self.sightings.add(frame, found, appearance.clear)
        self.plate.add(frame, found.boxes)

    def _look(self, picture: Picture) -> tuple[Frame, Detections]:
        frame = picture.frame()
        (found,) = self._models.detector.detect([frame])
        return frame, found

    def _leaves_open(self, seen: tuple[Frame, Detections]) -> bool:
        frame, found = seen
        return self.tracker.leaves_open(frame.pts_us, found)


def _batches(items: Iterator[T], size: int) -> Iterator[list[T]]:
    """Group items into batches of one size; the last one may be shorter."""
    while batch := list(islice(items, size)):
        yield batch


def _spread(video: VideoReader, length_us: int) -> Iterator[Frame]:
    """Yield frames spread evenly over what was recorded, `length_us`, about `_LEARN_FRAMES` of them."""
    said_us = video.info.duration_us
    if said_us is not None and abs(said_us - length_us) <= _HEADER_TOLERANCE * length_us:
        length_us = said_us
    return video.frames(_LEARN_FRAMES * 1e6 / length_us)


def _expected_frames(info: VideoInfo, sample_fps: float) -> int | None:
    """Return about how many frames will be sampled; None where the container does not say."""
    if info.duration_us is None or info.fps is None:
        return None
    return round(info.duration_us / 1e6 * min(info.fps, sample_fps or info.fps))
