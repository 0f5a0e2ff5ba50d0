"""From frames to tracklets: decoding, detection and association of one clip."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from heatcli.analysis.models import LoadedModels
from heatcli.analysis.plan import Job
from heatcli.analysis.progress import Progress
from heatcli.analysis.stage import Stage
from heatcli.errors import VideoError
from heatcli.track.appearance.appearance import appearance_of
from heatcli.track.appearance.attributes import Sightings
from heatcli.track.online.online import OnlineTracker
from heatcli.video.frame import Frame, VideoInfo
from heatcli.video.plate import PlateBuilder
from heatcli.video.reader import VideoReader

# Frames that a detector which learns from the whole clip is shown first, spread evenly: enough to see each
# place empty, few enough to take seconds.
_LEARN_FRAMES = 120
# A header that is off by so little only makes these frames a few more or fewer.
_HEADER_TOLERANCE = 0.1
# Bytes of one batch of frames. Up to five batches are in memory at once, which bounds it.
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
    """Decode, detect and associate at the same time, each in a thread of its own.

    If most frames turn out to have another size than the first one, all is done again with that size.

    Args:
        job: clip to analyse, and how.
        video: opened video of the clip.
        models: detector, appearance model and attribute model.
        progress: receiver of progress reports.

    Raises:
        VideoError: all frames are damaged, or the file can no longer be read from its disk.
    """
    detector, attributes = models.detector, models.attributes
    progress.begin(str(job.path), _expected_frames(video.info, job.settings.sample_fps))
    measured = video.measure()
    ahead = _spread(video, measured.coverage().total_us) if detector.reads_ahead else ()
    detector.learn(ahead, width=video.info.width, height=video.info.height)
    tracker = OnlineTracker(
        job.settings.track, confidence=job.settings.confidence, idle_us=measured.idle_us()
    )
    sightings = None if attributes is None else Sightings(attributes, detector.classes)
    plate = PlateBuilder()
    frame_bytes = 3 * video.info.width * video.info.height
    size = max(1, min(detector.batch_size, _BATCH_BYTES // frame_bytes))
    with ExitStack() as stack:
        frames = video.frames(job.settings.sample_fps)
        decoded = stack.enter_context(Stage(_batches(frames, size), ahead=1))
        detected = stack.enter_context(Stage(((b, detector.detect(b)) for b in decoded), ahead=1))
        for batch, detections in detected:
            for frame, found in zip(batch, detections, strict=True):
                appearance = appearance_of(models.describer, frame.image, found.boxes)
                tracker.update(frame.index, frame.pts_us, found, appearance)
                if sightings is not None:
                    sightings.add(frame, found, appearance.clear)
                plate.add(frame, found.boxes)
            progress.advance(str(job.path), len(batch))
    if video.learn_size():
        return follow(job, video, models, progress)
    if not video.timeline.frames_processed:
        raise VideoError(
            f"{job.path}: all of its {video.timeline.frames_failed} frames are damaged, and nothing can be "
            "counted in it; copy it from the recorder again"
        )
    return Followed(tracker, sightings, plate.plate())


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
    """Return about how many frames will be processed; None where the container does not say."""
    if info.duration_us is None or info.fps is None:
        return None
    return round(info.duration_us / 1e6 * min(info.fps, sample_fps or info.fps))
