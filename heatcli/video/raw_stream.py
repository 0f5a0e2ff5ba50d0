"""How many frames a second a raw stream has: H.264 or H.265 without a container, so without time stamps."""

import mmap
import struct
from pathlib import Path

from av.container import InputContainer
from av.video.stream import VideoStream

# FFmpeg's AVFMT_NOTIMESTAMPS. The 25 frames a second that its demuxers then name are made up.
_NO_STAMPS = 0x80
# What cameras record; a rate beyond it is a field that nobody filled in. `RAW_FPS` in `heatcli.config.bounds`
# is the same range, for what users say; this part does not know that one.
_LOWEST_FPS, _HIGHEST_FPS = 0.1, 240.0

# Recorders by Xiongmai (XMeye) put a header of their own before each frame and each piece of sound.
_MARK = b"\0\0\1"
_KEY_FRAME, _FRAME, _SOUND = {0xFC, 0xFE}, {0xFD}, {0xF9, 0xFA}
# Sound of 8 kHz, one byte a sample (G.711 A).
_G711, _BYTES_PER_S = (0x0E, 0x02), 8000
# The clock in the headers of key frames shows whole seconds: over so many it is exact enough.
_LEAST_CLOCK_S = 10


def is_raw(container: InputContainer) -> bool:
    """Whether a container has no time stamps at all."""
    return bool(container.format.flags & _NO_STAMPS)


def plausible_fps(fps: float) -> float | None:
    """Return a frame rate if a camera could have it, else None."""
    return fps if _LOWEST_FPS <= fps <= _HIGHEST_FPS else None


def raw_fps(path: Path, stream: VideoStream) -> float | None:
    """Return the frame rate that a raw stream, or the recorder's headers in it, tells; None if neither."""
    said = stream.codec_context.framerate
    return _fps_of_headers(path) or (plausible_fps(float(said)) if said else None)


def _fps_of_headers(path: Path) -> float | None:
    """Measure the frame rate of a recording with Xiongmai's headers by its sound, else by its clock.

    The stream's own rate is that of the camera, of which such recorders leave out frames at will.
    """
    with path.open("rb") as file:
        if file.read(3) != _MARK or file.read(1)[:1] not in (b"\xfc", b"\xfe"):
            return None
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _measured(data)


def _measured(data: mmap.mmap) -> float | None:
    frames = sound_bytes = at = 0
    clock: list[tuple[int, int]] = []
    while at + 16 <= len(data) and data[at : at + 3] == _MARK:
        kind = data[at + 3]
        if kind in _KEY_FRAME:
            moment, size = struct.unpack_from("<II", data, at + 8)
            # Hour, minute and second; the date is not needed, as no file is a day long.
            clock.append((frames, (moment >> 12 & 31) * 3600 + (moment >> 6 & 63) * 60 + (moment & 63)))
            at += 16 + size
        elif kind in _FRAME:
            at += 8 + struct.unpack_from("<I", data, at + 4)[0]
        elif kind in _SOUND:
            size = struct.unpack_from("<H", data, at + 6)[0]
            sound_bytes += size if (data[at + 4], data[at + 5]) == _G711 else 0
            at += 8 + size
        else:
            break
        frames += kind not in _SOUND
    if sound_bytes:
        return plausible_fps(frames * _BYTES_PER_S / sound_bytes)
    if not clock:
        return None
    (first, begin), (last, end) = clock[0], clock[-1]
    seconds = (end - begin) % 86400
    return plausible_fps((last - first) / seconds) if seconds >= _LEAST_CLOCK_S else None
