"""A decoded frame and what is known of the file it came from."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Frame:
    """One decoded frame.

    Attributes:
        index: source frame index from 0, in order of presentation; frames that failed to decode count too.
        pts_us: media time in µs from the clip's first frame, from the container's time stamps.
        image: (height, width, 3) uint8 BGR image, C-contiguous, mirrored and turned for display.
    """

    index: int
    pts_us: int
    image: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Picture:
    """One frame whose image is made when it is wanted: that takes as long as to decode it.

    Attributes:
        index: source frame index, as in `Frame`.
        pts_us: media time in µs, as in `Frame`.
        image: function that makes the image of the frame; None where it was left undecoded as nothing moves.
        blocks: mean brightness of its blocks, which shows whether anything is new in it; None where nobody
            asks for that.
        is_key: whether it is a key frame.
    """

    index: int
    pts_us: int
    image: Callable[[], NDArray[np.uint8]] | None
    blocks: NDArray[np.float32] | None = None
    is_key: bool = False

    def frame(self) -> Frame:
        """Make the frame of a picture that was decoded."""
        assert self.image is not None
        return Frame(self.index, self.pts_us, self.image())


@dataclass(frozen=True, slots=True)
class Window:
    """A frame that was sampled, and those before it that may be looked at as well.

    Attributes:
        between: pictures between the last window's frame and this one, in order of presentation.
        picture: picture of the frame that was sampled.
    """

    between: tuple[Picture, ...]
    picture: Picture


def last_window(between: Sequence[Picture]) -> Iterator[Window]:
    """Yield what comes last as sampled too, so that nothing of the clip, or of a piece of it, is left out."""
    if between:
        yield Window(tuple(between[:-1]), between[-1])


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What the container says of a clip. None means that it does not say.

    Attributes:
        path: path of the file.
        width: width of a frame in pixels, after rotation.
        height: height of a frame in pixels, after rotation.
        sample_aspect: width of a pixel divided by its height, after rotation; 1 where unknown.
        mirrored: whether the picture was mirrored for display, left to right, before it was turned.
        rotation: rotation that was applied for display, in degrees clockwise: 0, 90, 180 or 270.
        fps: average frame rate. Time comes from it in raw streams only.
        raw: whether the file is a raw stream, without time stamps: its frames are taken to be evenly spaced.
        frames: number of frames to be shown that the container lists; only AVI and MP4 list it.
        duration_us: duration of the video in µs, for progress and sampling only.
        creation_time: UTC time at which the video was created, as the container says.
        said_length_us: length in µs of the longest stream, sound included, as the container says.
        other_sizes: width and height in pixels of each further video stream in the file, which is not read.
    """

    path: Path
    width: int
    height: int
    sample_aspect: Fraction
    mirrored: bool
    rotation: int
    fps: float | None
    raw: bool
    frames: int | None
    duration_us: int | None
    creation_time: datetime | None
    said_length_us: int | None
    other_sizes: tuple[tuple[int, int], ...]

    @property
    def sideways(self) -> bool:
        """Whether width and height change places when the picture is turned."""
        return self.rotation in (90, 270)
