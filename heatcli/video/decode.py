"""All frames of a stream in order of presentation, including those that fail to decode."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import chain, pairwise
from pathlib import Path

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from heatcli.errors import VideoError

# Time that is decoded before the first wanted frame, in seconds: the first time stamp in a file need not be
# that of the frame that is shown first.
_SKIP_MARGIN_S = 1
# H.264 and H.265 show a frame at most 16 frames later than they decode it (MaxDpbFrames, MaxDpbSize).
_MAX_REORDER = 16

Choice = tuple["Packet[VideoStream]", VideoFrame | bool]
"""A packet, and whether it is to be decoded; or its picture, where that has been done already."""

Choose = Callable[[Iterator[Choice]], Iterator[Choice]]
"""A function that chooses among the packets of a stream that may be decoded."""


def presented(
    path: Path,
    container: InputContainer,
    stream: VideoStream,
    *,
    skip_us: int = 0,
    choose: Choose | None = None,
    on_packet: Callable[[int, "Packet[VideoStream]"], None] = lambda _, packet: None,
) -> Iterator[tuple[int | None, int | None, VideoFrame | None]]:
    """Decode a stream to its end, or as far as the file can be read.

    A decoder drops what it cannot decode, with an error that comes late, from another thread, or not at all.
    So each packet carries its number through the decoder (`copy_opaque`). A packet has failed if its picture
    has not come when the picture of a later packet is shown. After an error among the last few packets,
    pictures that are still in the decoder can be lost: they have failed too.

    Args:
        path: path of the file, for error messages.
        container: container of the open file.
        stream: video stream of the container.
        skip_us: time at the beginning, in µs, whose frames are not wanted. As far as key frames allow, they
            are not decoded, and come as if they had failed, without a number.
        choose: function that chooses the packets to decode among those that `skip_us` leaves; None for all of
            them. What it leaves out comes without a number, and without a picture unless it has one.
        on_packet: function that is called with the number and packet of each that is decoded next.

    Yields:
        Number of the packet in order of decoding, None where it is not known; time stamp in ticks, None where
        the container gives none; and picture, None where it failed to decode.

    Raises:
        VideoError: the file can no longer be read from its disk.
    """
    # AVI has no time stamps. Those that FFmpeg derives for its packets are wrong where frames are reordered;
    # those for its pictures (`dts`) are right, but do not tell which packet has failed.
    unstamped = container.format.name == "avi" and stream.codec_context.has_b_frames
    pending: dict[int, int | None] = {}
    wanted = _wanted(packets(path, container, stream), stream, 0 if unstamped else skip_us)
    shown = _shown(wanted if choose is None else choose(wanted), stream, pending, unstamped, on_packet)
    for (number, stamp, picture), (_, after, _) in pairwise(chain(shown, [(None, None, None)])):
        if number is not None:
            # A single wild stamp must not count packets as failed whose pictures are shown next.
            passed = [s for s in (stamp, after) if s is not None]
            yield from _failed(pending, _overdue(pending, number, min(passed, default=None)))
        yield number, stamp, picture
    yield from _failed(pending, list(pending))


def _wanted(packets: Iterator["Packet[VideoStream]"], stream: VideoStream, skip_us: int) -> Iterator[Choice]:
    """Tell for each packet whether to decode it.

    All are decoded, except those before the last key frame before `skip_us`. Time stamps that are missing or
    go back end the skipping: where frames lie in such a file shows only when all of it is decoded.
    """
    held: list[Packet[VideoStream]] = []
    skips = skip_us > 0 and stream.time_base is not None
    key = until = None
    for packet in packets:
        stamp = packet.dts if packet.pts is None else packet.pts
        if skips and stream.time_base is not None:
            if until is None and stamp is not None and not packet.is_discard:
                until = stamp + (Fraction(skip_us, 1_000_000) - _SKIP_MARGIN_S) / stream.time_base
            is_lost = stamp is None or (packet.is_keyframe and key is not None and stamp < key)
            if is_lost or (until is not None and stamp is not None and stamp > until):
                skips = False
                yield from ((one, True) for one in held)
            elif packet.is_keyframe:
                key = stamp
                yield from ((one, False) for one in sorted(held, key=lambda one: one.pts or one.dts or 0))
                held.clear()
        if skips:
            held.append(packet)
        else:
            yield packet, True
    if skips:
        yield from ((one, True) for one in held)


def _shown(
    packets: Iterator[Choice],
    stream: VideoStream,
    pending: dict[int, int | None],
    unstamped: bool,
    on_packet: Callable[[int, "Packet[VideoStream]"], None],
) -> Iterator[tuple[int | None, int | None, VideoFrame | None]]:
    """Yield what the decoder shows: number of the packet, time stamp, picture; keep `pending` up to date.

    A packet that is not to be decoded gives no number, and the picture that it came with, if any.
    """
    is_empty = True
    decoder = _Decoder(stream)
    for number, (packet, choice) in enumerate(packets):
        if choice is not True:
            if not is_empty:
                # What the decoder holds back is shown before; and it goes on at another key frame.
                is_empty = True
                yield from _taken(decoder, decoder.rest(), pending, unstamped)
                yield from _failed(pending, list(pending))
            if not packet.is_discard:
                yield None, packet.dts if packet.pts is None else packet.pts, choice or None
            continue
        is_empty = False
        # PyAV keeps it by its address. A small number has one address in the whole process, and another
        # decoder at work would take it away from this one.
        packet.opaque = (number,)
        on_packet(number, packet)
        # Packets that an edit list cuts off are decoded for the sake of others and never shown.
        if not packet.is_discard:
            pending[number] = None if unstamped else packet.dts if packet.pts is None else packet.pts
        yield from _taken(decoder, decoder.decode(number, packet), pending, unstamped)
    yield from _taken(decoder, decoder.rest(), pending, unstamped)


def _taken(
    decoder: "_Decoder", pictures: list[VideoFrame], pending: dict[int, int | None], unstamped: bool
) -> Iterator[tuple[int | None, int | None, VideoFrame | None]]:
    """Take the packets of pictures out of `pending`; a packet's stamp there is also that of its picture.

    A picture whose packet met an error has failed.
    """
    for picture in pictures:
        number = picture.opaque[0] if isinstance(picture.opaque, tuple) else None
        stamp = picture.dts if unstamped else picture.pts
        due = None if number is None else pending.pop(number, None)
        yield number, stamp if due is None else due, None if number in decoder.faulty else picture


def _overdue(pending: dict[int, int | None], number: int, stamp: int | None) -> list[int]:
    """Find packets that should have been shown before `number`, by their time stamps or by their distance."""
    return [
        other
        for other, due in pending.items()
        if other < number - _MAX_REORDER
        or (other < number and due is not None and stamp is not None and due < stamp)
    ]


def _failed(pending: dict[int, int | None], numbers: list[int]) -> Iterator[tuple[int, int | None, None]]:
    """Take packets out of `pending`, in order of presentation as far as it is known."""
    for number in sorted(numbers, key=lambda number: pending[number] or 0):
        yield number, pending.pop(number), None


def packets(path: Path, container: InputContainer, stream: VideoStream) -> Iterator["Packet[VideoStream]"]:
    """Read the packets of a stream, as far as the file can be read.

    Raises:
        VideoError: the file can no longer be read from its disk.
    """
    moved = True
    while moved:
        moved = False
        try:
            for packet in container.demux(stream):
                # An empty packet means an unchanged picture in AVI, and the end of the file elsewhere.
                if packet.size:
                    moved = True
                    yield packet
        except BlockingIOError:
            # FFmpeg says in this way that there is more behind the damage: go on as long as packets come.
            continue
        except OSError as error:
            why = error.strerror
            raise VideoError(f"{path} cannot be read to its end ({why}); check the disk") from error
        except (av.FFmpegError, IndexError):
            # Damaged from here on: frames before are used, and the missing time is not covered. IndexError is
            # how PyAV ends a file in which a further stream appears on the way
            # (https://github.com/PyAV-Org/PyAV/issues/692).
            return
        else:
            return


class _Decoder:
    """The decoder of a stream.

    Where FFmpeg's H.264 decoder meets an error in a block, what it has read of it stays behind, and is added
    to a block of some later picture, key frames included. So it is made anew at the key frame after one.

    Attributes:
        faulty: numbers of the packets that met an error; whose it was, only a single thread tells.
    """

    def __init__(self, stream: VideoStream) -> None:
        self._context = stream.codec_context
        self._is_tainted = False
        self.faulty: set[int] = set()

    def decode(self, number: int, packet: "Packet[VideoStream]") -> list[VideoFrame]:
        """Return the pictures that are shown next, once a packet is decoded."""
        before = []
        if self._is_tainted and packet.is_keyframe and self._context.name == "h264":
            before, self._is_tainted = self.rest(), False
            self._context = _like(self._context)
        # Of a damaged picture that is shown behind the key frame, the picture itself would tell too late.
        self._is_tainted |= packet.is_corrupt
        return [*before, *self._decoded(packet, number)]

    def rest(self) -> list[VideoFrame]:
        """Return the pictures that have not been shown, after which another key frame may come."""
        pictures = self._decoded(None)
        self._context.flush_buffers()
        return pictures

    def _decoded(self, packet: "Packet[VideoStream] | None", number: int | None = None) -> list[VideoFrame]:
        try:
            pictures = self._context.decode(packet)
        except av.FFmpegError:
            self._is_tainted = True
            if number is not None and self._context.thread_count == 1:
                self.faulty.add(number)
            return []
        self._is_tainted = self._is_tainted or any(picture.is_corrupt for picture in pictures)
        return pictures


def _like(context: VideoCodecContext) -> VideoCodecContext:
    """Make another decoder of the same kind."""
    other = VideoCodecContext.create(context.name, "r")
    assert isinstance(other, VideoCodecContext)
    other.extradata = context.extradata
    other.thread_count, other.copy_opaque = context.thread_count, True
    return other
