"""What is odd about a clip's file, and does not keep it from being analysed."""

from collections.abc import Iterator

from heatcli.video.reader import UNKNOWN_FPS, VideoReader


def file_faults(video: VideoReader) -> Iterator[str]:
    """Yield a line for each thing that the user should know of a file that was read to its end."""
    info = video.info
    if video.frames_missing:
        yield (
            f"{info.path}: ends early, {video.frames_missing} of {info.frames} frames are missing; "
            "copy it from the recorder again if it is whole there"
        )
    if info.raw and info.fps is None:
        yield (
            f"{info.path}: nothing tells how many frames a second it has; taking {UNKNOWN_FPS:g}, so that "
            "all its times may be wrong; say it with --fps, or as `fps` of the camera in heatcli.toml"
        )
    if info.other_sizes:
        sizes = " and ".join(f"{width}x{height}" for width, height in info.other_sizes)
        yield (
            f"{info.path}: holds {1 + len(info.other_sizes)} streams of video; the largest was analysed, "
            f"{info.width}x{info.height}, and not {sizes}"
        )
