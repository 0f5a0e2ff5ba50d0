"""Write small clips whose every frame says which one it is."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
import numpy as np
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

Image = NDArray[np.uint8]

WIDTH, HEIGHT = 160, 96
_BITS = 8
_BLOCK = 16


def numbered(number: int, width: int = WIDTH, height: int = HEIGHT) -> Image:
    """A grey frame with `number` as a row of black and white blocks along its top, and noise below them."""
    image = np.full((height, width, 3), 96, np.uint8)
    rng = np.random.default_rng(number)
    # What is different in every frame keeps encoders from skipping it.
    image[2 * _BLOCK :] = rng.integers(64, 128, (height - 2 * _BLOCK, width, 1), dtype=np.uint8)
    for bit in range(_BITS):
        image[:_BLOCK, bit * _BLOCK : (bit + 1) * _BLOCK] = 255 * (number >> bit & 1)
    return image


def number_of(image: Image) -> int:
    """The number in a frame that `numbered` drew and a codec has been at."""
    middles = image[_BLOCK // 2, _BLOCK // 2 : _BITS * _BLOCK : _BLOCK].mean(axis=-1)
    return int(((middles > 128) << np.arange(_BITS)).sum())


def write_clip(
    path: Path,
    images: Iterable[Image],
    *,
    codec: str = "libx264",
    fps: Fraction | int = 25,
    pts: Sequence[int] | None = None,
    time_base: Fraction | None = None,
    key_every: int = 12,
    b_frames: int = 0,
    threads: int = 0,
    sample_aspect: Fraction = Fraction(0),
    rotation: float = 0,
    mirror: str = "",
    says_rate: bool = True,
    container_options: dict[str, str] | None = None,
    metadata: dict[str, str] | None = None,
) -> Path:
    """Encode BGR images, all of one size, into a file; its name's ending chooses the container.

    Args:
        path: of the file to write.
        images: at least one.
        codec: encoder, by FFmpeg's name.
        fps: frames a second, where `pts` is None.
        pts: time stamp of each frame in units of `time_base`, increasing.
        time_base: seconds per unit of `pts`.
        key_every: frames from one key frame to the next.
        b_frames: at most so many frames in a row that need a later one.
        threads: of the encoder, on whose number depends what it writes; 0 for as many as there are cores.
        sample_aspect: width of a pixel divided by its height; 0 leaves the file silent about it.
        rotation: degrees clockwise by which a player has to turn the picture.
        mirror: `h` for left to right, `v` for top to bottom: what a player then has to do as well.
        says_rate: whether an H.265 stream itself says its frame rate.
        container_options: of FFmpeg's muxer.
        metadata: of the container.

    Returns:
        The path.
    """
    frames = iter(images)
    first = next(frames)
    base = time_base or 1 / Fraction(fps)
    with av.open(str(path), "w", options=container_options or {}) as container:
        container.metadata.update(metadata or {})
        stream = container.add_stream(codec, rate=Fraction(fps))
        assert isinstance(stream, VideoStream)
        stream.height, stream.width = first.shape[:2]
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.codec_context.time_base = base
        stream.codec_context.sample_aspect_ratio = sample_aspect
        stream.gop_size, stream.max_b_frames = key_every, b_frames
        stream.codec_context.thread_count = threads
        if codec == "libx264":
            stream.options = {"preset": "ultrafast", "bf": str(b_frames), "sc_threshold": "0"}
        if codec == "libx265":
            stream.options = {"x265-params": f"log-level=none:vui-timing-info={int(says_rate)}"}
        if rotation or mirror:
            stream.set_display_rotation(-rotation, hflip=mirror == "h", vflip=mirror == "v")
        for number, image in enumerate(chain([first], frames)):
            frame = VideoFrame.from_ndarray(image, "bgr24")
            frame.time_base = base
            frame.pts = number if pts is None else pts[number]
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def write_walker(path: Path, seed: int) -> Path:
    """Four seconds of somebody who walks through a small scene, as background subtraction sees them."""
    rng = np.random.default_rng(seed)
    scene = rng.integers(90, 110, (144, 192, 3), dtype=np.uint8)

    def frames() -> Iterator[Image]:
        for number in range(40):
            image = scene.astype(np.int16) + rng.integers(-3, 4, scene.shape, dtype=np.int16)
            if number >= 8:
                image[60:110, 5 * number - 40 : 5 * number - 24] = (30, 30, 200)
            yield np.clip(image, 0, 255).astype(np.uint8)

    return aged(write_clip(path, frames(), fps=10))


def write_sound(path: Path, seconds: float) -> Path:
    """A file with silence."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=8000)
        assert isinstance(stream, av.AudioStream)
        for number in range(round(seconds * 8000 / 1024)):
            silence = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
            silence.rate, silence.pts, silence.time_base = 8000, 1024 * number, Fraction(1, 8000)
            container.mux(stream.encode(silence))
        container.mux(stream.encode(None))
    return path


def together(target: Path, *sources: Path) -> Path:
    """One file that holds the streams of several, in their order."""
    with ExitStack() as stack:
        new = stack.enter_context(av.open(str(target), "w"))
        inputs = [stack.enter_context(av.open(str(source))) for source in sources]
        streams = [new.add_stream_from_template(old.streams[0]) for old in inputs]
        packets = [
            (float(packet.dts * packet.time_base), stream, packet)
            for old, stream in zip(inputs, streams, strict=True)
            for packet in old.demux(old.streams[0])
            if packet.dts is not None
        ]
        for _, stream, packet in sorted(packets, key=lambda one: one[0]):
            packet.stream = stream
            new.mux(packet)
    return target


def joined(target: Path, *sources: Path) -> Path:
    """Transport streams one after the other, counted through as if one recorder had written them."""
    data = bytearray(b"".join(source.read_bytes() for source in sources))
    counts: dict[int, int] = {}
    for at in range(0, len(data), 188):
        pid = (data[at + 1] & 31) << 8 | data[at + 2]
        # A packet without payload does not count.
        counts[pid] = (counts.get(pid, -1) + (data[at + 3] >> 4 & 1)) & 15
        data[at + 3] = data[at + 3] & 0xF0 | counts[pid]
    target.write_bytes(data)
    return target


def with_packets(
    source: Path,
    target: Path,
    change: Callable[[int, bytes], bytes] = lambda _, data: data,
    *,
    later_s: Callable[[int], float] = lambda _: 0.0,
    container_options: dict[str, str] | None = None,
) -> Path:
    """Copy a clip without B-frames.

    Args:
        source: path of the clip.
        target: path of the copy; its ending chooses the container.
        change: what becomes of each frame's number and bytes.
        later_s: seconds by which each frame comes later, by its number.
        container_options: of FFmpeg's muxer.

    Returns:
        Path of the copy.
    """
    options = container_options or {}
    with av.open(str(source)) as old, av.open(str(target), "w", options=options) as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        for number, packet in enumerate(old.demux(video=0)):
            if packet.pts is None or packet.dts is None:
                continue
            changed = Packet(change(number, bytes(packet)))
            changed.stream, changed.time_base = stream, packet.time_base
            later = round(later_s(number) / packet.time_base)
            changed.pts, changed.dts, changed.duration = (
                packet.pts + later,
                packet.dts + later,
                packet.duration,
            )
            changed.is_keyframe = packet.is_keyframe
            new.mux(changed)
    return target


def cut(source: Path, target: Path, fraction: float) -> Path:
    """The first part of a file, as a recorder leaves it that loses power."""
    data = source.read_bytes()
    target.write_bytes(data[: int(len(data) * fraction)])
    return target


def damage(source: Path, target: Path, fractions: Sequence[float], length: int = 200) -> Path:
    """A file with stretches of zeros in it, as a bad sector leaves them."""
    data = bytearray(source.read_bytes())
    for fraction in fractions:
        start = int(len(data) * fraction)
        data[start : start + length] = bytes(length)
    target.write_bytes(data)
    return target


def aged(clip: Path, seconds: float = 3600.0) -> Path:
    """Set back when a file was last written: a fresh one could still be growing."""
    then = clip.stat().st_mtime - seconds
    os.utime(clip, (then, then))
    return clip
