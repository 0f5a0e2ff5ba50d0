"""Write a video that a browser plays: H.264 in MP4, each picture shown exactly as long as it is to be."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import chain, pairwise
from pathlib import Path

import av
import cv2
import numpy as np
from av.container import OutputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from heatcli.files import output_file

VIDEO_SUFFIX = ".mp4"
UNKNOWN_FPS = 25.0
"""Frames per second of a clip that does not say: for the progress bar and the interval of key frames only."""

_TICK = Fraction(1, 1_000_000)
# libx264's default quality, and the preset beyond which files get hardly smaller while encoding takes much
# longer. Without B-frames, which need a later frame, pictures leave the encoder in the order in which they
# are shown, so that their times are exact in every player.
_OPTIONS = {"crf": "23", "preset": "veryfast", "bf": "0"}
# A player can jump to a picture about this often.
_KEY_EVERY_S = 5
# BT.709 for primaries, transfer and matrix, in FFmpeg's numbering, with black at 16. It is written into the
# stream, as players guess otherwise, and not all the same.
_BT709, _LIMITED = 1, 1
# FFmpeg's default cuts digits off, which darkens pictures by a level or two.
_ROUNDED = Interpolation.BILINEAR | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INP


def write_video(
    path: Path, pictures: Iterable[tuple[int, NDArray[np.uint8]]], *, end_us: int, fps: float
) -> int:
    """Write a video, replacing a file of that name once it is whole.

    Args:
        path: path of the file, ending in `.mp4`.
        pictures: pictures to write, at least one: media time in µs at which a picture is shown, from 0 on and
            increasing, and the picture, (height, width, 3) uint8 BGR, all of one size. The last column and
            row are doubled where their number is odd, as the format has no odd sizes.
        end_us: media time in µs at which the last picture ends, after it begins.
        fps: rough number of pictures per second; the exact times are those of the pictures.

    Returns:
        Number of pictures that were written.

    Raises:
        OutputError: the file cannot be written.
    """
    count = 0
    items = iter(pictures)
    first = next(items)
    height, width = (side + side % 2 for side in first[1].shape[:2])
    with output_file(path) as beside, _output(beside) as container:
        stream = container.add_stream("libx264", rate=Fraction(fps).limit_denominator(1000))
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        context = stream.codec_context
        context.time_base = _TICK
        context.gop_size = max(1, round(fps * _KEY_EVERY_S))
        context.color_primaries = context.color_trc = context.colorspace = _BT709
        context.color_range = _LIMITED
        context.options = _OPTIONS
        convert = VideoReformatter()
        lasts_us: dict[int, int] = {}
        for (begin_us, picture), (next_us, _) in pairwise(chain([first], items, [(end_us, first[1])])):
            frame = convert.reformat(
                VideoFrame.from_ndarray(_even(picture), "bgr24"),
                format="yuv420p",
                dst_colorspace=Colorspace.ITU709,
                dst_color_range=ColorRange.MPEG,
                interpolation=_ROUNDED,
            )
            frame.time_base, frame.pts = _TICK, begin_us
            lasts_us[begin_us] = next_us - begin_us
            count += 1
            with _file_errors():
                container.mux(_timed(stream.encode(frame), lasts_us))
        with _file_errors():
            container.mux(_timed(stream.encode(None), lasts_us))
    return count


def _timed(packets: "list[Packet[VideoStream]]", lasts_us: dict[int, int]) -> "list[Packet[VideoStream]]":
    """Set how long packets last, by when they begin: for the last one nothing else would."""
    for packet in packets:
        packet.duration = lasts_us.pop(packet.pts or 0)
    return packets


@contextmanager
def _output(path: Path) -> Iterator[OutputContainer]:
    """Open a file for writing; a player can start it before all of it is fetched."""
    with _file_errors():
        container = av.open(f"file:{path}", "w", format="mp4", options={"movflags": "+faststart"})
    try:
        yield container
    finally:
        with _file_errors():
            container.close()


@contextmanager
def _file_errors() -> Iterator[None]:
    """Raise FFmpeg's errors about a file as Python's own."""
    try:
        yield
    except av.FFmpegError as error:
        raise OSError(error.errno, error.strerror) from error


def _even(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Double the last row and column where the number of rows or columns is odd."""
    height, width = picture.shape[:2]
    if height % 2 == 0 and width % 2 == 0:
        return picture
    padded = cv2.copyMakeBorder(picture, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE)
    return np.asarray(padded, dtype=np.uint8)
