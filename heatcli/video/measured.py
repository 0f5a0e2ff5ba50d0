"""The times of all frames in a file, by their stamps, without decoding them."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain, pairwise
from pathlib import Path

from av.container import InputContainer
from av.video.stream import VideoStream

from heatcli.video.container import open_video
from heatcli.video.decode import packets
from heatcli.video.stamps import StampRepair


def stamp_repair(container: InputContainer, stream: VideoStream, step_us: int) -> StampRepair:
    """Return what places the frames of an open file in media time; `step_us` is their average step."""
    time_base = stream.time_base or Fraction(1, 1_000_000)
    return StampRepair(time_base, step_us, wraps=container.format.name in ("mpegts", "mpeg"))


def measured(path: Path, step_us: int, *, raw: bool) -> Iterator[tuple[int, bool]]:
    """Yield the media time in µs of each frame that is shown, and whether it is a key frame.

    Args:
        path: path of the file.
        step_us: average time from one frame to the next in µs.
        raw: whether the file is a raw stream, without time stamps.

    Raises:
        VideoError: the file can no longer be read from its disk.
    """
    with open_video(path) as (container, stream):
        repair = stamp_repair(container, stream, step_us)
        # In order of decoding, in which `dts` grows as time does.
        shown = (one for one in packets(path, container, stream) if not one.is_discard)
        stamps = (
            (None if raw else one.pts if one.dts is None else one.dts, one.is_keyframe) for one in shown
        )
        for (stamp, is_key), (following, _) in pairwise(chain(stamps, [(None, False)])):
            yield repair.place(stamp, following), is_key


def count_packets(path: Path) -> int:
    """Count the packets of a file's video."""
    with open_video(path) as (container, stream):
        return sum(1 for _ in packets(path, container, stream))
