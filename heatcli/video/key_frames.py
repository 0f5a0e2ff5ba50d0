"""Key frames, each decoded by itself, without what is before it in the stream."""

from collections.abc import Iterator
from pathlib import Path

import av
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from heatcli.video.container import open_video
from heatcli.video.damage import Damage
from heatcli.video.decode import packets
from heatcli.video.layout import Size


class KeyFrameDecoder:
    """Decodes the key frames of a stream one by one, apart from the stream's own decoder."""

    def __init__(self, stream: VideoStream) -> None:
        decoder = VideoCodecContext.create(stream.codec_context.name, "r")
        assert isinstance(decoder, VideoCodecContext)
        self._decoder = decoder
        self._decoder.extradata = stream.codec_context.extradata
        self._decoder.thread_count = 1

    def decode(self, packet: "Packet[VideoStream]") -> VideoFrame | None:
        """Return the picture of a packet; None where it cannot be decoded by itself, or shows damage."""
        try:
            pictures = [*self._decoder.decode(packet), *self._decoder.decode(None)]
        except av.FFmpegError:
            pictures = []
        self._decoder.flush_buffers()
        return None if len(pictures) != 1 or pictures[0].is_corrupt else pictures[0]


def spread_key_frames(path: Path, *, total: int, count: int, size: Size) -> Iterator[VideoFrame]:
    """Decode key frames spread evenly over all of a clip, and nothing between them.

    Those that show damage or have another size are left out.

    Args:
        path: path of the file.
        total: number of key frames in the file.
        count: number of pictures to take, at most `total`.
        size: width and height that pictures must have, before they are turned, in pixels.

    Raises:
        VideoError: the file can no longer be read from its disk.
    """
    with open_video(path) as (container, stream):
        damage = Damage(container, stream, thorough=False)
        decoder = KeyFrameDecoder(stream)
        keys = (one for one in packets(path, container, stream) if one.is_keyframe)
        for n, packet in enumerate(keys):
            if n * count // total != (n - 1) * count // total and damage.is_sound(packet):
                picture = decoder.decode(packet)
                if picture is not None and (picture.width, picture.height) == size:
                    yield picture
