"""Read a recorded clip: frames in order of presentation, each with its exact time."""

from collections.abc import Generator, Iterator, Sequence
from copy import copy
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import chain, pairwise
from pathlib import Path
from types import TracebackType
from typing import Self

from av.packet import Packet
from av.video.stream import VideoStream

from heatcli.video.container import aspect_of, open_video, video_info
from heatcli.video.convert import Converter
from heatcli.video.division import WHOLE, Division
from heatcli.video.frame import Frame, Picture, Window, last_window
from heatcli.video.key_frames import spread_key_frames
from heatcli.video.layout import Layout
from heatcli.video.measured import count_packets, measured, stamp_repair
from heatcli.video.raw_stream import plausible_fps
from heatcli.video.sampling import samplers
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
        is_damaged: whether the latest pass has met damage so far.
        end_us: media time in µs of the last frame that the latest pass has come to, decoded or failed.
        key_frame_count: number of key frames in the file, once it is measured.
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
                fps = plausible_fps(count_packets(path) * 1e6 / raw_length_us)
            self.info = replace(self.info, fps=fps)
        sides = size or (self.info.width, self.info.height)
        self.layout = Layout(sides[::-1] if self.info.sideways else sides)
        self._step_us = round(1_000_000 / (self.info.fps or UNKNOWN_FPS))
        self._pass: Generator[Window, None, None] | None = None
        self._reached = self._end_byte = 0
        self.end_us = self.key_frame_count = 0
        self.restart_us: int | None = None
        self.timeline = self.empty_timeline()
        self.is_damaged = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

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
        timeline = self.empty_timeline()
        self.key_frame_count = 0
        for index, (pts_us, is_key) in enumerate(measured(self._path, self._step_us, raw=self.info.raw)):
            self.key_frame_count += is_key
            timeline.add_processed(index, pts_us)
        return timeline

    def beside(self) -> "VideoReader":
        """Return another reader of the clip, whose passes do not end those of this one."""
        other = copy(self)
        other.layout, other._pass = Layout(self.layout.size), None
        return other

    def key_frames(self, count: int) -> Iterator[Frame]:
        """Yield key frames spread evenly over the clip, once it is measured; nothing between is decoded.

        Their indices and times count only them.
        """
        convert = Converter(self.info, self.layout.size, self._masks)
        pictures = spread_key_frames(
            self._path, total=self.key_frame_count, count=count, size=self.layout.size
        )
        for n, picture in enumerate(pictures):
            yield Frame(n, n * self._step_us, convert.image(picture))

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
        return self.timeline.processed(windows)

    def windows(
        self,
        sample_fps: float,
        *,
        finest_fps: float | None = None,
        from_us: int = 0,
        skip_quiet: bool = False,
        division: Division = WHOLE,
        known: Timeline | None = None,
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
            division: pieces of the clip; what frames are chosen by begins anew with each, and the timeline is
                told of its end.
            known: timeline of an earlier pass until `from_us`, which goes on; None for an empty one.

        Yields:
            Sampled frames in order of presentation, with what is between them.

        Raises:
            VideoError: the file can no longer be read from its disk.
        """
        self.close()
        self.timeline = known or self.empty_timeline()
        self._reached, self._end_byte, self.end_us, self.restart_us = 0, 0, 0, None
        self.is_damaged = False
        self._pass = self._read(self.timeline, sample_fps, finest_fps, from_us, skip_quiet, division)
        return self._pass

    def empty_timeline(self) -> Timeline:
        """Return the timeline of this clip before its first frame."""
        return Timeline(self._step_us)

    def _note_damage(self) -> None:
        self.is_damaged = True

    def _note_place(self, packet: "Packet[VideoStream]") -> None:
        self._end_byte = max(self._end_byte, packet.pos or 0)

    def _read(
        self,
        timeline: Timeline,
        sample_fps: float,
        finest_fps: float | None,
        from_us: int,
        skip_quiet: bool,
        division: Division,
    ) -> Generator[Window, None, None]:
        with open_video(self._path) as (container, stream):
            convert = Converter(self.info, self.layout.size, self._masks)
            time_base = stream.time_base or Fraction(1, 1_000_000)
            repair = stamp_repair(container, stream, self._step_us)
            sampler, finest = samplers(time_base, sample_fps, finest_fps)
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
                known=timeline.frames_decoded,
                # Nobody knows how much time a raw stream's packets take.
                quiet=division if skip_quiet and not self.info.raw else None,
                on_packet=note,
                on_damage=self._note_damage,
            )
            shown = pairwise(chain(pictures, [Shown(None, None)]))
            for index, (one, following) in enumerate(shown):
                pts_us = repair.place(None if self.info.raw else one.stamp, following.stamp)
                self.end_us, self.restart_us = pts_us, repair.restart_us
                self._reached = 1 + (round(pts_us / (time_base * 1_000_000)) if counts_ticks else index)
                if pts_us < from_us:
                    continue
                while len(timeline.ends) < division.number(pts_us):
                    yield from last_window(between)
                    between = []
                    timeline.end_piece()
                    sampler, finest = samplers(time_base, sample_fps, finest_fps)
                if one.skipped:
                    timeline.add_undecoded()
                elif one.picture is None:
                    timeline.add_failed(pts_us)
                    continue
                else:
                    timeline.add_decoded()
                image = None if one.picture is None else partial(convert.image, one.picture)
                picture = Picture(index, pts_us, image)
                is_fine = finest is not None and finest.takes(pts_us)
                # What comes before frames that are left undecoded tells who is there in all of them.
                if sampler.takes(pts_us) or (following.skipped and not one.skipped):
                    if one.picture is not None and skip_quiet:
                        blocks, is_key = convert.blocks(one.picture), one.picture.key_frame
                        picture = replace(picture, blocks=blocks, is_key=is_key)
                    yield Window(tuple(between), picture)
                    between = []
                elif is_fine:
                    between.append(picture)
            yield from last_window(between)
