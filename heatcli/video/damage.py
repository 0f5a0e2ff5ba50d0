"""How far damage reaches: which pictures show it themselves, and which are predicted from those."""

from dataclasses import dataclass
from fractions import Fraction

from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

# Codecs of which each packet has a picture of its own. Some others have packets whose picture is never shown,
# and the rest may leave out a picture that repeats the one before.
_A_PICTURE_EACH = {"h264", "hevc"}
_NEVER_SHOWN = {"vp8", "vp9", "av1"}
# No coded picture has so many zeros in a row: both codecs put a byte between. Bad sectors, and what a
# recorder has set aside and never written, have nothing else.
_HOLE = bytes(16)
_MARK = b"\0\0\1"
# What ends a JPEG. Where zeros stand for its rest, a decoder takes them for a rest of one colour.
_JPEG_END = b"\xff\xd9"
# Beyond any temporal layer: nothing is reached.
_NOTHING = 99
# A step between time stamps that is longer than usual by so much has lost a picture.
_LOST_STEP = 1.5
# A key frame whose time stamp is not within a second after the one before begins another recording.
_ANOTHER_S = 1


@dataclass(slots=True)
class _Unsettled:
    """What is known of a packet before all that were decoded before it have come.

    Attributes:
        key: whether decoding can begin here.
        damaged: whether it is damaged itself.
        lost_before: whether a picture before it is missing in the file.
        used: whether other pictures are predicted from it.
        layer: temporal layer, 0 for most streams: no picture is predicted from one of a higher layer.
        leads: whether it is shown before the key frame that it was decoded after.
        place: place in order of presentation; None as long as its picture has not come, nor failed.
    """

    key: bool
    damaged: bool
    lost_before: bool
    used: bool
    layer: int
    leads: bool
    place: int | None


class Damage:
    """Follows damage from packet to picture, and on to what is predicted from it.

    Damage is told by the demuxer (a transport stream counts its packets), by holes of zeros, by JPEGs without
    an end if the first one has it, by pictures that the decoder calls corrupt, and by pictures that never
    come. What is predicted from a damaged picture shows its damage as well, up to the next key frame:
    measured against undamaged copies, hardly a picture in between was whole. Pictures from which nothing is
    predicted, or only those of higher temporal layers, pass nothing on to the others.

    Attributes:
        found: whether any damage has been met.

    Args:
        container: container of the open file.
        stream: video stream of the container.
        thorough: whether to follow damage to where it ends; else only to find out whether there is any.
    """

    def __init__(self, container: InputContainer, stream: VideoStream, *, thorough: bool) -> None:
        codec = stream.codec_context
        self._thorough = thorough
        self.found = False
        self._codec = codec.name
        self._length_bytes = _length_bytes(codec.name, codec.extradata or b"")
        self._marks_before = container.format.name == "mpegts"
        self._unsettled: dict[int, _Unsettled] = {}
        self._smeared: set[int] = set()
        self._places = 0
        self._padded: bool | None = None
        self._has_end: bool | None = None
        self._begun = self._interlaced = False
        self._marked = False
        self._doubtful: int | None = None
        self._tick_s = stream.time_base or Fraction(0)
        self._dts: int | None = None
        self._key_pts: int | None = None
        self._step: int | None = None
        # Lowest temporal layer that shows damage: among pictures that are shown after all that were decoded
        # before them, and among those that are shown between two of these, and predicted from both.
        self._reached = self._reached_between = _NOTHING
        self._latest = -1

    def read(self, number: int, packet: "Packet[VideoStream]") -> None:
        """Note a packet that is decoded next, and what it tells of itself."""
        lost = self._confirm(packet)
        damaged, used, layer = not self.is_sound(packet), True, 0
        if self._codec in _A_PICTURE_EACH and self._thorough:
            used, layer = self._reference(bytes(packet))
        self.found = self.found or damaged or lost
        # What FFmpeg's parsers hand out of a transport stream is the picture before the damaged one.
        marked, self._marked = self._marked, packet.is_corrupt
        if marked if self._marks_before else packet.is_corrupt:
            self._doubtful = number
        # What an edit list cuts off is never shown.
        place = -1 if packet.is_discard else None
        if packet.is_keyframe:
            self._key_pts = packet.pts
        leads = packet.pts is not None and self._key_pts is not None and packet.pts < self._key_pts
        self._unsettled[number] = _Unsettled(packet.is_keyframe, damaged, lost, used, layer, leads, place)
        self._settle()

    def is_sound(self, packet: "Packet[VideoStream]") -> bool:
        """Tell whether the bytes of a packet show no damage, compared with those of the first one."""
        if self._codec in _A_PICTURE_EACH:
            data = bytes(packet)
            if self._padded is None:
                self._padded = not self._length_bytes or any(u.endswith(_HOLE) for u in self._units(data))
            return _HOLE not in data or not self._has_hole(data)
        if self._codec == "mjpeg":
            has_end = bytes(packet).rstrip(b"\0").endswith(_JPEG_END)
            if self._has_end is None:
                self._has_end = has_end
            return has_end or not self._has_end
        return True

    def end(self) -> None:
        """Note that no packet follows."""
        self._confirm(None)
        self._settle()

    def come(self, number: int | None, picture: VideoFrame | None) -> None:
        """Note what is next in order of presentation: a packet's picture, or None for one that failed."""
        self._places += 1
        one = None if number is None else self._unsettled.get(number)
        if picture is not None:
            self._begun, self._interlaced = True, picture.interlaced_frame
        if one is None:
            return
        one.place = self._places
        if picture is None:
            # The second field of an interlaced picture comes with the first.
            one.damaged = one.damaged or (self._codec in _A_PICTURE_EACH and not self._interlaced)
            # Many a stream begins between two key frames: all before the first one fails, the same each time.
            is_sign = one.damaged or self._codec not in _A_PICTURE_EACH | _NEVER_SHOWN
            self.found = self.found or (is_sign and self._begun)
        elif picture.is_corrupt:
            one.damaged = self.found = True
        self._settle()

    def is_settled(self, number: int | None) -> bool:
        """Tell whether it is known if a picture that has come shows damage."""
        return number not in self._unsettled

    def shows_in(self, number: int | None) -> bool:
        """Tell whether a settled picture shows damage."""
        return number in self._smeared

    def _settle(self) -> None:
        while self._unsettled:
            number = next(iter(self._unsettled))
            one = self._unsettled[number]
            if one.place is None or number == self._doubtful:
                return
            del self._unsettled[number]
            if self._shows(one, one.place):
                self._smeared.add(number)

    def _shows(self, one: _Unsettled, place: int) -> bool:
        """Tell whether the next packet in order of decoding shows damage, and what it passes on."""
        if one.lost_before:
            self._reached = self._reached_between = 0
        before = self._reached
        # That a leading picture has failed is told only once a later one has come.
        is_between = one.leads or place < self._latest
        if not is_between:
            self._latest = place
            if one.key:
                self._reached = _NOTHING
        reached = self._reached_between if is_between else self._reached
        shows = one.damaged or one.layer >= reached
        if one.damaged:
            reached = min(reached, one.layer if one.used else one.layer + 1)
        if is_between:
            self._reached_between = reached
        else:
            self._reached = reached
            self._reached_between = min(before, reached)
        return shows

    def _confirm(self, following: "Packet[VideoStream] | None") -> bool:
        """Decide whether the packet before is damaged, if the demuxer calls it so.

        Where another recording begins, the count of packets begins anew, and nothing is damaged.

        Returns:
            Whether whole pictures were lost behind it.
        """
        dts = None if following is None else following.dts
        step = None if dts is None or self._dts is None else dts - self._dts
        usual, self._dts, self._step = self._step, dts, step
        is_key = following is not None and following.is_keyframe
        # What FFmpeg kept back until the end, of a PID under which the video did not go on.
        is_late = self._marks_before and step is not None and step * self._tick_s < -_ANOTHER_S
        if self._doubtful is None:
            return is_late and not is_key
        doubtful, self._doubtful = self._unsettled[self._doubtful], None
        if is_key and step is not None and not 0 <= step * self._tick_s <= _ANOTHER_S:
            return False
        doubtful.damaged = self.found = True
        return bool(not is_key and step and usual and step > _LOST_STEP * usual)

    def _has_hole(self, data: bytes) -> bool:
        """Tell whether a packet has zeros where none can be: within a NAL unit, or instead of one.

        Zeros at the end of a unit are padding where marks separate units, or where the first packet has some
        as well.
        """
        units = self._units(data)
        return any(not unit or _HOLE in (unit.rstrip(b"\0") if self._padded else unit) for unit in units)

    def _reference(self, data: bytes) -> tuple[bool, int]:
        """Read from a packet whether others are predicted from its picture, and its temporal layer."""
        for unit in self._units(data):
            if self._codec == "h264" and unit[:1] and unit[0] & 31 in (1, 2, 5):
                return unit[0] & 0x60 != 0, 0
            if self._codec == "hevc" and len(unit) > 1 and unit[0] >> 1 & 63 < 32:
                kind = unit[0] >> 1 & 63
                return kind > 14 or kind % 2 == 1, max((unit[1] & 7) - 1, 0)
        return True, 0

    def _units(self, data: bytes) -> list[bytes]:
        """Split a packet into its NAL units, by the lengths before them or the marks between."""
        if not self._length_bytes:
            return data.split(_MARK)[1:]
        units, at = [], 0
        while at < len(data):
            begin = at + self._length_bytes
            at = begin + int.from_bytes(data[at:begin], "big")
            units.append(data[begin:at])
        return units


def _length_bytes(codec: str, extradata: bytes) -> int:
    """Return how many bytes tell the length of each unit; 0 where marks separate them."""
    at = {"h264": 4, "hevc": 21}.get(codec, len(extradata))
    return (extradata[at] & 3) + 1 if extradata[:1] == b"\1" and len(extradata) > at else 0
