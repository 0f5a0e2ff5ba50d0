"""Open a video file, read what its container says, and say plainly what is wrong with a file that fails."""

import math
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from heatcli.errors import VideoError
from heatcli.video.decode import presented
from heatcli.video.frame import VideoInfo
from heatcli.video.raw_stream import is_raw, raw_fps
from heatcli.video.threads import thread_limit

# A JPEG that is damaged half-way shows grey or shifted blocks from there on; only so does its decoder say it.
# Some H.265 streams have a hash of each picture, by which damage is told of which nothing else speaks.
_STRICT = {"mjpeg": {"err_detect": "explode"}, "hevc": {"err_detect": "crccheck+explode"}}
# Beginning of the unit in which the MD5 of its planes follows an H.265 picture: a suffix SEI, kind 132.
_HASH = b"\x50\x01\x84\x31\x00"
_JUDGED_PICTURES = 10


# In transport streams FFmpeg hands on larger pictures in pieces, and forgets which of them are damaged; and
# it takes video that goes on under another PID for another stream.
_TRANSPORT = {"max_packet_size": str(8 * 2**20), "merge_pmt_versions": "1"}


@contextmanager
def open_video(path: Path, *, threads: int = 0) -> Iterator[tuple[InputContainer, VideoStream]]:
    """Open a file and its video stream, the one with the largest picture.

    Args:
        path: path of the file.
        threads: number of threads that decode; 0 for as many as this process may use.

    Yields:
        Container and video stream, to be used within the `with` only.

    Raises:
        VideoError: there is no such file, or no video in it.
    """
    with _open_container(path) as container:
        stream = max(_videos(container), key=_pixels, default=None)
        if stream is None:
            kinds = ", ".join(sorted({s.type for s in container.streams})) or "nothing"
            raise VideoError(f"{path} holds no video, only {kinds}; name a file with a picture")
        if stream.codec_context is None:
            raise VideoError(f"{path}: its video is of an unknown kind; convert it to H.264 first")
        stream.thread_type = "AUTO"
        stream.codec_context.thread_count = threads or thread_limit() or 0
        stream.codec_context.copy_opaque = True
        if _is_strict(path, stream):
            stream.codec_context.options = _STRICT[stream.codec_context.name]
            if stream.codec_context.name == "hevc":
                # Threads of a strict H.265 decoder wait for each other for ever at damage.
                stream.codec_context.thread_count = 1
        yield container, stream


def _open_container(path: Path) -> InputContainer:
    try:
        # With "file:", a time such as 10:00:00 in a name is not taken for a network protocol.
        # Recorders write titles in the encoding of their country; nothing of them is needed.
        return av.open(f"file:{path}", metadata_errors="replace", options=_TRANSPORT)
    except FileNotFoundError as error:
        raise VideoError(f"{path}: no such file; check the name") from error
    except IsADirectoryError as error:
        raise VideoError(f"{path} is a folder; name a video file in it") from error
    except OSError as error:
        raise VideoError(f"{path} cannot be opened ({error.strerror}); check who may read it") from error
    except av.FFmpegError as error:
        raise VideoError(f"{path} {_what_is_wrong(path)}") from error


def _is_strict(path: Path, stream: VideoStream) -> bool:
    """Tell by a stream's first pictures whether it is to be decoded strictly.

    There are cameras that leave out the last bits of each JPEG: that is no damage. H.265 is decoded strictly
    where pictures have hashes, of which one is right at least.
    """
    name = stream.codec_context.name
    if name not in _STRICT:
        return False
    sound = seen = hashed = 0
    with _open_container(path) as container:
        (stream,) = (one for one in container.streams.video if one.index == stream.index)
        stream.codec_context.options, stream.codec_context.thread_count = _STRICT[name], 1
        with suppress(av.FFmpegError, IndexError):
            for packet in islice((one for one in container.demux(stream) if one.size), _JUDGED_PICTURES):
                seen += 1
                hashed += _HASH in bytes(packet)
                if name == "hevc" and seen > 1 and not hashed:
                    return False
                with suppress(av.FFmpegError):
                    stream.decode(packet)
                    sound += 1
    return (hashed > seen / 2 and sound > 0) if name == "hevc" else sound > seen / 2


def _videos(container: InputContainer) -> list[VideoStream]:
    # A cover picture in a music file counts as a stream of video too.
    return [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]


def _pixels(stream: VideoStream) -> int:
    """Count the pixels of a stream's picture; less than none where the codec is unknown."""
    return -1 if stream.codec_context is None else stream.width * stream.height


def video_info(path: Path) -> VideoInfo:
    """Open a file, decode its first intact frame and close it again.

    Args:
        path: path of the file.

    Returns:
        Description of the video by its container.

    Raises:
        VideoError: there is no such file, or not one frame of it decodes.
    """
    with open_video(path) as (container, stream):
        shown = (picture for _, _, picture in presented(path, container, stream))
        pictures = (picture for picture in shown if picture is not None and not picture.is_corrupt)
        first = next(pictures, None)
        if first is None:
            kind = stream.codec_context.name
            raise VideoError(
                f"{path}: not one frame of its {kind} video decodes; copy it from the recorder again"
            )
        mirrored, rotation = _orientation(first)
        aspect = stream.sample_aspect_ratio or Fraction(1)
        width, height = first.width, first.height
        if rotation in (90, 270):
            width, height, aspect = height, width, 1 / aspect
        raw = is_raw(container)
        rate = raw_fps(path, stream) if raw else stream.average_rate or stream.guessed_rate
        return VideoInfo(
            path=path,
            width=width,
            height=height,
            sample_aspect=aspect,
            mirrored=mirrored,
            rotation=rotation,
            fps=float(rate) if rate else None,
            raw=raw,
            frames=_listed_frames(container, stream),
            duration_us=_duration_us(container, stream),
            creation_time=_creation_time(container, stream),
            said_length_us=_said_length_us(container),
            other_sizes=tuple(
                (other.width, other.height)
                for other in _videos(container)
                if other.index != stream.index and _pixels(other) > 0
            ),
        )


def aspect_of(path: Path, size: tuple[int, int]) -> Fraction:
    """Return the width of a pixel divided by its height, as a clip's first picture of a size says it.

    Args:
        path: path of the file.
        size: width and height of the picture in pixels, before rotation.

    Returns:
        The aspect; 1 where it is not said.

    Raises:
        VideoError: there is no such file, or no video in it.
    """
    # A picture does not carry it: its decoder does, and only a single thread is at that picture then.
    with open_video(path, threads=1) as (container, stream):
        for _, _, picture in presented(path, container, stream):
            if picture is not None and (picture.width, picture.height) == size:
                return stream.codec_context.sample_aspect_ratio or Fraction(1)
    return Fraction(1)


def _orientation(picture: VideoFrame) -> tuple[bool, int]:
    """Read how a player shows a picture: whether mirrored, left to right, and then by what turned.

    Returns:
        Whether it is mirrored, and degrees clockwise. Turns other than quarters do not occur and are not
        applied.
    """
    try:
        data = picture.side_data["DISPLAYMATRIX"]  # type: ignore[typeddict-item]  # its types know one kind
        matrix = np.frombuffer(data, np.int32).reshape(3, 3)
    except KeyError:
        return False, 0
    except ValueError:
        # PyAV lists no side data at all where it does not know one of them, such as Exif; it counts degrees
        # counter-clockwise.
        return False, -picture.rotation % 360 if picture.rotation % 90 == 0 else 0
    # Where an edge from left to right, and one from top to bottom, points to when it is shown.
    (right_x, right_y), (down_x, down_y) = matrix[:2, :2].tolist()
    mirrored = right_x * down_y < right_y * down_x
    side = -1 if mirrored else 1
    degrees = round(math.degrees(math.atan2(side * right_y, side * right_x)))
    return (mirrored, degrees % 360) if degrees % 90 == 0 else (False, 0)


def _listed_frames(container: InputContainer, stream: VideoStream) -> int | None:
    """Return how many frames the container lists, in the file or not; None where it lists none."""
    if not stream.frames:
        return None
    if "mp4" in container.format.name.split(","):
        # The count in the header includes frames that an edit list cuts off.
        return sum(not entry.is_discard for entry in stream.index_entries)
    return stream.frames


def _duration_us(container: InputContainer, stream: VideoStream) -> int | None:
    if stream.duration is not None and stream.time_base is not None:
        return round(stream.duration * stream.time_base * 1_000_000)
    # av.time_base is a millionth of a second.
    return container.duration


def _said_length_us(container: InputContainer) -> int | None:
    lengths_us = [container.duration or 0]
    for stream in container.streams:
        if stream.duration is not None and stream.time_base is not None:
            lengths_us.append(round(stream.duration * stream.time_base * 1_000_000))
    longest_us = max(lengths_us)
    if "matroska" in container.format.name:
        # There it is the time of the end, wherever the beginning is.
        longest_us -= max(0, container.start_time or 0)
    return longest_us if longest_us > 0 else None


def _creation_time(container: InputContainer, stream: VideoStream) -> datetime | None:
    text = stream.metadata.get("creation_time") or container.metadata.get("creation_time")
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _what_is_wrong(path: Path) -> str:
    """Say what a file that does not open as video most likely is, and what to do about it."""
    with path.open("rb") as file:
        head = file.read(12)
    if not head:
        return "is empty; copy it from the recorder again"
    if head[4:8] == b"ftyp":
        return "is an MP4 that was cut off before its index was written; copy it from the recorder again"
    return "is no video that can be read; check what kind of file it is"
