"""Read a recorded clip: frames in order of presentation, each with its exact time."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import chain, pairwise
from pathlib import Path
from types import TracebackType
from typing import Self

from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from heatcli.video.container import aspect_of, open_video, video_info
from heatcli.video.convert import Converter
from heatcli.video.decode import packets
from heatcli.video.frame import Frame, Picture, Window
from heatcli.video.layout import Layout
from heatcli.video.raw_stream import plausible_fps
from heatcli.video.sampling import Sampler
from heatcli.video.stamps import StampRepair
from heatcli.video.timeline import Timeline
from heatcli.video.usable import Shown, usable_pictures

UNKNOWN_FPS = 25.0
"""Frame rate that is assumed where the file gives none: for a single frame, one without a time stamp, and for
raw streams of which nothing is known."""


class VideoReader:
    """A clip to read frames from; use it in a `with`, which frees the decoder's threads.

    Each pass over the clip (`frames`, `windows`) begins anew, and ends the pass before it.

    Attributes:
        info: description of the clip by its container and its first picture.
        layout: size that frames have, before rotation, and how many pictures have another one.
        timeline: frames of the latest pass so far.
        end_us: media time in µs of the last frame that the latest pass has come to, decoded or failed.
        restart_us: media time in µs at which time stamps first began anew in the latest pass; None if never.

    Args:
        path: path of the video file.
        size: width and height of frames in pixels, after rotation, as an analysis has learned them; None for
            those of the first picture.
        masks: polygons that are black in every frame, as in `heatcli.video.masks`.
        raw_fps: frame rate of the file if it is a raw stream; None for what the stream itself says.
        raw_length_us: length of the recording in µs if it is a raw stream, for one that says nothing; None
            where it is not known.

    Raises:
        VideoError: there is no such file, or none of it decodes as video.
    """

    def __init__(
        self,
        path: Path,
        *,
        size: tuple[int, int] | None = None,
        masks: Sequence[Sequence[tuple[float, float]]] = (),
        raw_fps: float | None = None,
        raw_length_us: int | None = None,
    ) -> None:
        self._path = path
        self._masks = masks
        self.info = video_info(path)
        if self.info.raw:
            fps = raw_fps or self.info.fps
            if fps is None and raw_length_us is not None:
                fps = plausible_fps(self._count_packets() * 1e6 / raw_length_us)
            self.info = replace(self.info, fps=fps)
        sides = size or (self.info.width, self.info.height)
        self.layout = Layout(sides[::-1] if self.info.sideways else sides)
        self._step_us = round(1_000_000 / (self.info.fps or UNKNOWN_FPS))
        self._pass: Generator[Window, None, None] | None = None
        self._reached = self._end_byte = 0
        self.end_us = 0
        self.restart_us: int | None = None
        self.timeline = Timeline(self._step_us)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _count_packets(self) -> int:
        with open_video(self._path) as (container, stream):
            return sum(1 for _ in packets(self._path, container, stream))

    def close(self) -> None:
        """End the pass that is going on, if there is one."""
        if self._pass is not None:
            self._pass.close()
            self._pass = None

    @property
    def frames_missing(self) -> int:
        """How many frames the container lists beyond the end of the file, once a pass has come to that end.

        0 where it lists none (`info.frames`).
        """
        return max(0, (self.info.frames or 0) - self._reached)

    @property
    def unread_share(self) -> float:
        """Share of a transport stream's bytes behind the last of the video, once a pass has come to the end.

        0 for other files, and for one of which only a part was read.
        """
        return 1 - self._end_byte / self._path.stat().st_size if self._end_byte else 0.0

    def learn_size(self) -> bool:
        """Take the size that most frames of the latest pass have, for further passes.

        Returns:
            Whether it is another one than before: then the pass had the wrong frames.
        """
        before = self.layout.size
        if not self.layout.learn():
            return False
        size, sideways = self.layout.size, self.info.sideways
        if self.layout.shows_same(before):
            # What is shown keeps its shape, whatever the file says of it.
            aspect = 1 / self.info.sample_aspect if sideways else self.info.sample_aspect
            aspect *= Fraction(before[0] * size[1], before[1] * size[0])
        else:
            aspect = aspect_of(self._path, size)
        width, height = size[::-1] if sideways else size
        aspect = 1 / aspect if sideways else aspect
        self.info = replace(self.info, width=width, height=height, sample_aspect=aspect)
        return True

    def measure(self) -> Timeline:
        """Return the times of all frames in the file, by their stamps; none is decoded.

        They tell what a header may lie about, the length and its gaps, and at which rate the recorder idles.

        Raises:
            VideoError: the file can no longer be read from its disk.
        """
        timeline = Timeline(self._step_us)
        with open_video(self._path) as (container, stream):
            repair = self._stamp_repair(container, stream)
            # In order of decoding, in which `dts` grows as time does.
            shown = (one for one in packets(self._path, container, stream) if not one.is_discard)
            stamps = (None if self.info.raw else one.pts if one.dts is None else one.dts for one in shown)
            for index, (stamp, following) in enumerate(pairwise(chain(stamps, [None]))):
                timeline.add_processed(index, repair.place(stamp, following))
        return timeline

    def frames(self, sample_fps: float = 0.0, *, from_us: int = 0) -> Iterator[Frame]:
        """Decode the clip as `windows` does, and take the sampled frames as processed.

        Args:
            sample_fps: number of frames to take per second of media time; 0 takes every frame.
            from_us: media time in µs before which no frame is wanted; such frames are not in the timeline.

        Yields:
            Frames in order of presentation.

        Raises:
            VideoError: the file can no longer be read from its disk.
        """
        windows = self.windows(sample_fps, from_us=from_us)
        return _processed(windows, self.timeline)

    def windows(
        self,
        sample_fps: float,
        *,
        finest_fps: float | None = None,
        from_us: int = 0,
        skip_quiet: bool = False,
    ) -> Iterator[Window]:
        """Decode the clip from its beginning, or from the key frame before what is wanted.

        A frame that does not decode, or shows damage, is counted, skipped and marked in the timeline.
        Where the size changes on the way, frames that show the same view are scaled to the size of `layout`;
        the others are skipped as well. Which frames are processed, the timeline has to be told.

        Args:
            sample_fps: number of frames to take per second of media time; 0 takes every frame.
            finest_fps: number of frames per second that can be had between them as well, a multiple of
                `sample_fps`; None for none.
            from_us: media time in µs before which no frame is wanted; such frames are not in the timeline.
            skip_quiet: whether frames may be left undecoded where nothing moves, and sampled pictures tell
                what is new in them.

        Yields:
            Sampled frames in order of presentation, with what is between them.

        Raises:
            VideoError: the file can no longer be read from its disk.
        """
        self.close()
        self.timeline = Timeline(self._step_us)
        self._reached, self._end_byte, self.end_us, self.restart_us = 0, 0, 0, None
        self._pass = self._read(self.timeline, sample_fps, finest_fps, from_us, skip_quiet)
        return self._pass

    def _note_place(self, packet: "Packet[VideoStream]") -> None:
        self._end_byte = max(self._end_byte, packet.pos or 0)

    def _stamp_repair(self, container: InputContainer, stream: VideoStream) -> StampRepair:
        time_base = stream.time_base or Fraction(1, 1_000_000)
        return StampRepair(time_base, self._step_us, wraps=container.format.name in ("mpegts", "mpeg"))

    def _read(
        self,
        timeline: Timeline,
        sample_fps: float,
        finest_fps: float | None,
        from_us: int,
        skip_quiet: bool,
    ) -> Generator[Window, None, None]:
        with open_video(self._path) as (container, stream):
            convert = Converter(self.info, self.layout.size, self._masks)
            time_base = stream.time_base or Fraction(1, 1_000_000)
            repair = self._stamp_repair(container, stream)
            sampler = Sampler(sample_fps, time_base)
            finest = None if finest_fps is None else Sampler(finest_fps, time_base)
            between: list[Picture] = []
            # AVI also counts pictures that it leaves out because they repeat the one before; a tick is a
            # picture.
            counts_ticks = container.format.name == "avi"
            is_transport = container.format.name == "mpegts"
            note = self._note_place if is_transport else lambda _: None
            pictures = usable_pictures(
                self._path,
                container,
                stream,
                self.layout,
                skip_us=from_us,
                # Nobody knows how much time a raw stream's packets take.
                skip_quiet=skip_quiet and not self.info.raw,
                on_packet=note,
            )
            shown = pairwise(chain(pictures, [Shown(None, None)]))
            for index, (one, following) in enumerate(shown):
                pts_us = repair.place(None if self.info.raw else one.stamp, following.stamp)
                self.end_us, self.restart_us = pts_us, repair.restart_us
                self._reached = 1 + (round(pts_us / (time_base * 1_000_000)) if counts_ticks else index)
                if pts_us < from_us:
                    continue
                if one.skipped:
                    timeline.add_quiet()
                    if sampler.takes(pts_us):
                        yield Window((), Picture(index, pts_us, None))
                        between = []
                    continue
                if one.picture is None:
                    timeline.add_failed(pts_us)
                    continue
                timeline.add_decoded()
                is_fine = finest is not None and finest.takes(pts_us)
                if sampler.takes(pts_us):
                    blocks = convert.blocks(one.picture) if skip_quiet else None
                    image = partial(convert.image, one.picture)
                    sampled = Picture(index, pts_us, image, blocks, one.picture.key_frame)
                    yield Window(tuple(between), sampled)
                    between = []
                elif is_fine:
                    between.append(Picture(index, pts_us, partial(convert.image, one.picture)))


def _processed(windows: Iterator[Window], timeline: Timeline) -> Iterator[Frame]:
    """Yield the frames of windows, and record each as processed before it is handed out."""
    for window in windows:
        frame = window.picture.frame()
        timeline.add_processed(frame.index, frame.pts_us)
        yield frame
