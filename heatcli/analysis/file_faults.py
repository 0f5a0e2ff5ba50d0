"""What is odd about a clip's file, and does not keep it from being analysed."""

from collections.abc import Iterator

from heatcli.analysis.file_lengths import named_length_us
from heatcli.video.reader import UNKNOWN_FPS, VideoReader

# A length that is told is longer than the video only if it is so by both: sound and names are seldom exact.
_FACTOR, _MARGIN_US = 1.2, 3_000_000
# Share of a transport stream behind the last of its video that sound and padding do not explain.
_REST = 0.2


def file_faults(video: VideoReader) -> Iterator[str]:
    """Yield a line for each thing that the user should know of a file that was read to its end."""
    info, timeline = video.info, video.timeline
    if timeline.frames_failed > timeline.frames_decoded:
        yield (
            f"{info.path}: {timeline.frames_failed} of {timeline.frames_failed + timeline.frames_decoded} "
            f"frames are damaged, and only {timeline.coverage().total_us / 1e6:.1f} s are covered; copy it "
            "from the recorder again if it is whole there"
        )
    if video.frames_missing:
        yield (
            f"{info.path}: ends early, {video.frames_missing} of {info.frames} frames are missing; "
            "copy it from the recorder again if it is whole there"
        )
    elif video.restart_us is None:
        yield from list(_lengths_that_differ(video)) or _rest_without_video(video)
    else:
        yield (
            f"{info.path}: its time stamps begin anew after {video.restart_us / 1e6:.1f} s; what follows may "
            "be of another time, such as an older recording that was not overwritten"
        )
    if info.raw and info.fps is None:
        yield (
            f"{info.path}: nothing tells how many frames a second it has; taking {UNKNOWN_FPS:g}, so that "
            "all its times may be wrong; say it with --fps, or as `fps` of the camera in heatcli.toml"
        )
    yield from _other_sizes(video)
    if info.other_sizes:
        sizes = " and ".join(f"{width}x{height}" for width, height in info.other_sizes)
        yield (
            f"{info.path}: holds {1 + len(info.other_sizes)} streams of video; the largest was analysed, "
            f"{info.width}x{info.height}, and not {sizes}"
        )


def _lengths_that_differ(video: VideoReader) -> Iterator[str]:
    path = video.info.path
    end_us = max([video.end_us, *video.timeline.coverage().bounds[-1:, 1].tolist()])
    for who, said_us in (("the file", video.info.said_length_us), ("its name", named_length_us(path))):
        if said_us is not None and said_us > max(_FACTOR * end_us, end_us + _MARGIN_US):
            yield (
                f"{path}: {who} tells {said_us / 1e6:.1f} s, but its video ends after {end_us / 1e6:.1f} s, "
                "and the rest is not covered; copy it from the recorder again if it is whole there"
            )


def _rest_without_video(video: VideoReader) -> Iterator[str]:
    if video.unread_share > _REST:
        yield (
            f"{video.info.path}: its video ends after {video.end_us / 1e6:.1f} s, and the last "
            f"{video.unread_share:.0%} of the file hold none of it; if it goes on there in another program "
            "or under another PID, cut the file there, and analyse both parts"
        )


def _other_sizes(video: VideoReader) -> Iterator[str]:
    layout, size = video.layout, f"{video.info.width}x{video.info.height}"
    if layout.left_out:
        yield (
            f"{video.info.path}: the picture changes on the way; {layout.left_out} frames that show another "
            f"view than the {size} of most are left out and not covered; analyse them as a clip of their own"
        )
    if layout.scaled:
        yield (
            f"{video.info.path}: the size of the picture changes on the way; {layout.scaled} frames that "
            f"show the same view were scaled to {size}"
        )
