"""Which pictures of a clip can be used: the one place where this is decided."""

from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path

from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from heatcli.video.container import open_video
from heatcli.video.damage import Damage
from heatcli.video.decode import presented
from heatcli.video.layout import Layout


def usable_pictures(
    path: Path,
    container: InputContainer,
    stream: VideoStream,
    layout: Layout,
    *,
    skip_us: int = 0,
    known: int = 0,
    on_packet: Callable[["Packet[VideoStream]"], None],
) -> Iterator[tuple[int | None, VideoFrame | None]]:
    """Decode a clip, and leave out the pictures that did not decode, show damage, or show another view.

    Args:
        path: path of the file.
        container: container of the open file.
        stream: video stream of the container.
        layout: size that pictures are to have; it is told of all of this pass.
        skip_us: time at the beginning, in µs, whose frames are not wanted, as for `presented`.
        known: number of pictures in that time that are known to have the right size.
        on_packet: function that is called with each packet that is decoded next.

    Yields:
        Time stamp in ticks, None where the container gives none; and picture, None where it cannot be used.

    Raises:
        VideoError: the file can no longer be read from its disk.
    """
    layout.begin(known)
    whole_clip = partial(_sound_pictures, path)
    for stamp, picture in _sound(path, container, stream, skip_us, on_packet):
        yield stamp, picture if picture is not None and layout.fits(picture, whole_clip) else None


def _sound_pictures(path: Path) -> Iterator[VideoFrame]:
    with open_video(path) as (container, stream):
        for _, picture in _sound(path, container, stream, 0, lambda _: None):
            if picture is not None:
                yield picture


def _sound(
    path: Path,
    container: InputContainer,
    stream: VideoStream,
    skip_us: int,
    on_packet: Callable[["Packet[VideoStream]"], None],
) -> Iterator[tuple[int | None, VideoFrame | None]]:
    """Yield time stamps and pictures; None for those that did not decode or show damage.

    What several threads make of a damaged stream differs from run to run, in which pictures come and in what
    they show. So the first damage makes a clip be decoded anew by a single thread.
    """
    count = 0
    damage = Damage(container, stream, thorough=False)
    for stamp, picture in _judged(path, container, stream, damage, skip_us, on_packet):
        if damage.found:
            break
        count += 1
        yield stamp, picture
    if damage.found:
        with open_video(path, threads=1) as (container, stream):
            damage = Damage(container, stream, thorough=True)
            judged = _judged(path, container, stream, damage, skip_us, on_packet)
            yield from islice(judged, count, None)


def _judged(
    path: Path,
    container: InputContainer,
    stream: VideoStream,
    damage: Damage,
    skip_us: int,
    on_packet: Callable[["Packet[VideoStream]"], None],
) -> Iterator[tuple[int | None, VideoFrame | None]]:
    """Yield pictures once it is known whether they show damage; None for those that do.

    That is known of a picture when all have come that were decoded before it.
    """

    def note(number: int, packet: "Packet[VideoStream]") -> None:
        damage.read(number, packet)
        on_packet(packet)

    held: deque[tuple[int | None, int | None, VideoFrame | None]] = deque()
    for shown in presented(path, container, stream, skip_us=skip_us, on_packet=note):
        held.append(shown)
        damage.come(shown[0], shown[2])
        while held and damage.is_settled(held[0][0]):
            yield _without_damage(*held.popleft(), damage)
    damage.end()
    while held:
        yield _without_damage(*held.popleft(), damage)


def _without_damage(
    number: int | None, stamp: int | None, picture: VideoFrame | None, damage: Damage
) -> tuple[int | None, VideoFrame | None]:
    return stamp, None if damage.shows_in(number) else picture
