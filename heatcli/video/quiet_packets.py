"""Which packets of a clip need not be decoded: those between key frames that show the same scene."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from heatcli.video.decode import Choice
from heatcli.video.division import Division
from heatcli.video.key_frames import KeyFrameDecoder
from heatcli.video.stillness import Blocks, Stillness, blocks_of

# Longest time in seconds that nobody looks at: who crosses the far end of a picture takes about as long.
_UNSEEN_S = 2.0
# Longest time between two key frames, in seconds, for which packets are held until it is known what the
# second one shows; with longer ones, little could be left out.
_HELD_S = 6.0
# Parts of the time between two key frames in which packets are added up, to find a short visit.
_PARTS = 6
# Quiet stretches of packets that are remembered, how many are needed to know their sizes, and the deviations
# by which others may be larger.
_MEMORY = 64
_KNOWN = 8
_DEVIATIONS = 4.0
# Least deviation, as a share of the usual size.
_LEAST = 0.01
# Of a normal distribution: standard deviation divided by the median absolute deviation.
_PER_MAD = 1.4826
# Share of a picture that has changed where surely something moved; and the share of such stretches whose
# packets are no larger than usual, from which on sizes tell nothing, as with a constant bit rate.
_SURELY = 0.01
_SILENT = 0.2


class QuietPackets:
    """Chooses the packets to decode, one key frame ahead.

    A stretch of packets, from one key frame to the next, is quiet if both show what was shown when something
    moved last, and if its packets are no larger than those of other such stretches: somebody who moves needs
    more bytes. All that is known begins anew with each piece of a divided clip; a stretch with a border of
    pieces in it is decoded.

    Args:
        stream: video stream of the file.
        is_sound: function that tells of a packet whether nothing in it shows damage.
        division: division of the clip.
    """

    def __init__(
        self, stream: VideoStream, is_sound: Callable[["Packet[VideoStream]"], bool], division: Division
    ) -> None:
        self._stream, self._is_sound, self._division = stream, is_sound, division
        self._tick_s = stream.time_base or Fraction(0)
        self._origin: int | None = None
        # Pictures that are not shown in order of decoding may be predicted from those of a stretch before.
        self._possible = not stream.codec_context.has_b_frames
        self._begin_piece(0)

    def _begin_piece(self, number: int) -> None:
        self._number = number
        self._keys = _KeyFrames(self._stream)
        self._sizes = _Sizes()
        self._latest: _Key | None = None
        self._reference: Blocks | None = None

    def choose(self, packets: Iterator[Choice]) -> Iterator[Choice]:
        """Tell for each packet whether to decode it; those that are not wanted at the beginning are not."""
        held: list[Packet[VideoStream]] = []
        for packet, wanted in packets:
            if self._origin is None and not packet.is_discard:
                self._origin = packet.pts
            if wanted is not True:
                yield packet, wanted
                continue
            if held and (packet.is_keyframe or not self._may_follow(held[0], packet)):
                yield from self._chosen(held, packet if packet.is_keyframe else None)
                held.clear()
            if self._possible and (packet.is_keyframe or held):
                held.append(packet)
            else:
                yield packet, True
        yield from self._chosen(held, None)

    def _piece(self, packet: "Packet[VideoStream]") -> int:
        """Return the number of the piece that a packet belongs to."""
        if packet.pts is None or self._origin is None:
            return 0
        return self._division.number(round((packet.pts - self._origin) * self._tick_s * 1_000_000))

    def _may_follow(self, key: "Packet[VideoStream]", packet: "Packet[VideoStream]") -> bool:
        """Tell whether a packet can belong to a stretch that is held."""
        if key.pts is None or packet.pts is None:
            return False
        return 0 <= (packet.pts - key.pts) * self._tick_s <= _HELD_S

    def _chosen(
        self, held: list["Packet[VideoStream]"], following: "Packet[VideoStream] | None"
    ) -> Iterator[Choice]:
        if held and self._piece(held[0]) != self._number:
            self._begin_piece(self._piece(held[0]))
        latest = (
            self._latest if self._latest is not None and held and self._latest.packet is held[0] else None
        )
        until = None
        if held and self._piece(following or held[-1]) != self._number:
            following = None
        if following is not None and self._can_be_left_out(held, following):
            latest = latest or self._keys.decode(held[0])
            self._latest = self._keys.decode(following)
            if latest is not None and self._latest is not None and self._is_quiet(held, latest, self._latest):
                assert following.pts is not None
                until = following.pts - _UNSEEN_S / self._tick_s
        else:
            self._latest = self._reference = None
        for packet in held:
            if until is None or packet.pts is None or packet.pts < until:
                yield packet, True
            elif packet is held[0] and latest is not None:
                yield packet, latest.picture
            else:
                yield packet, False

    def _can_be_left_out(self, held: list["Packet[VideoStream]"], following: "Packet[VideoStream]") -> bool:
        """Tell whether packets are sound, in order, and followed in time by the next key frame."""
        stamps = [packet.pts for packet in (*held, following)]
        if len(held) < 2 or not self._may_follow(held[0], following):
            return False
        if any(one is None or other is None or other <= one for one, other in pairwise(stamps)):
            return False
        # What FFmpeg's parsers call damaged is the packet before the damage.
        sound = (
            not one.is_corrupt and not one.is_discard and self._is_sound(one) for one in (*held, following)
        )
        return all(sound)

    def _is_quiet(self, held: list["Packet[VideoStream]"], one: "_Key", other: "_Key") -> bool:
        if self._reference is None:
            self._reference = one.blocks
        sizes = [packet.size for packet in held[1:]]
        usual = self._sizes.are_usual(sizes)
        same = self._keys.stillness.shows_same(other.blocks, self._reference)
        if same:
            self._sizes.add(sizes)
        else:
            self._reference = other.blocks
            if self._keys.stillness.changed_share(other.blocks, one.blocks) > _SURELY:
                self._sizes.note_movement(usual=usual)
        return same and usual and self._sizes.tell


@dataclass(frozen=True, slots=True)
class _Key:
    """A decoded key frame."""

    packet: "Packet[VideoStream]"
    picture: VideoFrame
    blocks: Blocks


class _KeyFrames:
    """Decodes key frames by themselves, one by one, and learns their noise."""

    def __init__(self, stream: VideoStream) -> None:
        self.stillness = Stillness()
        self._tick_s = float(stream.time_base or 0)
        self._decoder = KeyFrameDecoder(stream)

    def decode(self, packet: "Packet[VideoStream]") -> _Key | None:
        """Return the picture of a packet; None where it cannot be decoded by itself."""
        picture = self._decoder.decode(packet)
        if picture is None or packet.pts is None:
            return None
        blocks = blocks_of(picture)
        self.stillness.learn(blocks, packet.pts * self._tick_s, is_key=True)
        return _Key(packet, picture, blocks)


class _Sizes:
    """The sizes of packets in stretches whose key frames show no movement.

    Attributes:
        tell: whether movement makes packets larger, as far as it has been seen.
    """

    def __init__(self) -> None:
        self._still: deque[NDArray[np.float64]] = deque(maxlen=_MEMORY)
        self._moved = self._unnoticed = 0
        self.tell = True

    def add(self, sizes: Sequence[int]) -> None:
        """Take in the sizes of the packets of a stretch between two key frames that show the same."""
        self._still.append(_parts(sizes))

    def are_usual(self, sizes: Sequence[int]) -> bool:
        """Tell whether packets are no larger than usual where nothing moves, as far as that is known."""
        if len(self._still) < _KNOWN:
            return False
        still = np.stack(self._still)
        median = np.median(still, axis=0)
        deviation = _PER_MAD * np.median(np.abs(still - median), axis=0) + _LEAST * median + 1
        return bool((_parts(sizes) <= median + _DEVIATIONS * deviation).all())

    def note_movement(self, *, usual: bool) -> None:
        """Note a stretch in which something has surely moved, and whether its packets are of usual size."""
        if len(self._still) >= _KNOWN:
            self._moved += 1
            self._unnoticed += usual
            self.tell = self._unnoticed <= max(_SILENT * self._moved, 1)


def _parts(sizes: Sequence[int]) -> NDArray[np.float64]:
    """Return the mean size of the packets in parts of a stretch, and in all of it."""
    begins = np.arange(_PARTS) * len(sizes) // _PARTS
    counts = np.maximum(np.diff(np.append(begins, len(sizes))), 1)
    return np.append(np.add.reduceat(np.array(sizes, np.float64), begins) / counts, np.mean(sizes))
