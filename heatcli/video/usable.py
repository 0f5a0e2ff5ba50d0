"""Which pictures of a clip can be used: the one place where this is decided."""

from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from heatcli.video.container import open_video
from heatcli.video.damage import Damage
from heatcli.video.decode import presented
from heatcli.video.division import Division
from heatcli.video.layout import Layout
from heatcli.video.quiet_packets import QuietPackets


class Shown(NamedTuple):
    """A frame of a clip, in order of presentation.

    Attributes:
        stamp: time stamp in ticks; None where the container gives none.
        picture: the picture; None where it cannot be used, or was skipped.
        skipped: whether it was left undecoded on purpose.
    """

    stamp: int | None
    picture: VideoFrame | None
    skipped: bool = False


def usable_pictures(
    path: Path,
    container: InputContainer,
    stream: VideoStream,
    layout: Layout,
    *,
    skip_us: int = 0,
    known: int = 0,
    quiet: Division | None = None,
    on_packet: Callable[["Packet[VideoStream]"], None],
    on_damage: Callable[[], None],
) -> Iterator[Shown]:
    """Decode a clip, and leave out the pictures that did not decode, show damage, or show another view.

    Args:
        path: path of the file.
        container: container of the open file.
        stream: video stream of the container.
        layout: size that pictures are to have; it is told of all of this pass.
        skip_us: time at the beginning, in µs, whose frames are not wanted, as for `presented`.
        known: number of pictures in that time that are known to have the right size.
        quiet: division of the clip if what `QuietPackets` says is to be left out; not for a damaged clip.
        on_packet: function that is called with each packet that is decoded next.
        on_damage: function that is called when damage is first met.

    Yields:
        All frames, those that cannot be used without a picture.

    Raises:
        VideoError: the file can no longer be read from its disk.
    """
    layout.begin(known)
    whole_clip = partial(_sound_pictures, path)
    for shown in _sound(path, container, stream, skip_us, quiet, on_packet, on_damage):
        fits = shown.picture is None or layout.fits(shown.picture, whole_clip)
        yield shown if fits else Shown(shown.stamp, None)


def _sound_pictures(path: Path) -> Iterator[VideoFrame]:
    with open_video(path) as (container, stream):
        for shown in _sound(path, container, stream, 0, None, lambda _: None, lambda: None):
            if shown.picture is not None:
                yield shown.picture


def _sound(
    path: Path,
    container: InputContainer,
    stream: VideoStream,
    skip_us: int,
    quiet: Division | None,
    on_packet: Callable[["Packet[VideoStream]"], None],
    on_damage: Callable[[], None],
) -> Iterator[Shown]:
    """Yield all frames, without a picture those that did not decode or show damage.

    What several threads make of a damaged stream differs from run to run, in which pictures come and in what
    they show. So the first damage makes a clip be decoded anew by a single thread.
    """
    count = 0
    damage = Damage(container, stream, thorough=False)
    for shown in _judged(path, container, stream, damage, skip_us, quiet, on_packet):
        if damage.found:
            break
        count += 1
        yield shown
    if damage.found:
        on_damage()
        with open_video(path, threads=1) as (container, stream):
            damage = Damage(container, stream, thorough=True)
            judged = _judged(path, container, stream, damage, skip_us, None, on_packet)
            yield from islice(judged, count, None)


def _judged(
    path: Path,
    container: InputContainer,
    stream: VideoStream,
    damage: Damage,
    skip_us: int,
    quiet: Division | None,
    on_packet: Callable[["Packet[VideoStream]"], None],
) -> Iterator[Shown]:
    """Yield frames once it is known whether they show damage; without a picture those that do.

    That is known of a picture when all have come that were decoded before it.
    """

    def note(number: int, packet: "Packet[VideoStream]") -> None:
        damage.read(number, packet)
        on_packet(packet)

    held: deque[tuple[int | None, int | None, VideoFrame | None]] = deque()
    choose = None if quiet is None else QuietPackets(stream, damage.is_sound, quiet).choose
    for shown in presented(path, container, stream, skip_us=skip_us, choose=choose, on_packet=note):
        held.append(shown)
        damage.come(shown[0], shown[2])
        while held and damage.is_settled(held[0][0]):
            yield _without_damage(*held.popleft(), damage)
    damage.end()
    while held:
        yield _without_damage(*held.popleft(), damage)


def _without_damage(
    number: int | None, stamp: int | None, picture: VideoFrame | None, damage: Damage
) -> Shown:
    skipped = number is None and picture is None
    return Shown(stamp, None if damage.shows_in(number) else picture, skipped)
