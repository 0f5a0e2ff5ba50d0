"""Make the recording of a camera before which, most of the time, nobody is.

    python -m tests.bench.day_clip street-1080p.mp4 --weights yolo11n_openvino_model -o hour.mp4
    python -m tests.bench.day_clip street-1080p.mp4 --weights yolo11n_openvino_model --minutes 6 -o short.mp4

Stretches in which a clip is shown, one to three times in a row, between stretches of its empty scene, at the
clip's frame rate and 1080 lines, as a recorder writes them: H.264 without B-frames, a key frame every two
seconds, and the sensor's noise. Encoding an hour would take half an hour. So some minutes are encoded, and
their groups of pictures are strung together at random, each as often as it takes: people begin and end within
a group, as they do before a camera. What is drawn at random is the same each time.
"""

import argparse
import tempfile
from collections.abc import Iterator
from fractions import Fraction
from itertools import chain, repeat
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from heatcli.config.settings import AnalyzeSettings, YoloSettings
from heatcli.detect.registry import choose_detector
from heatcli.names import DetectorChoice
from heatcli.video.frame import Frame
from heatcli.video.plate import PlateBuilder

LINES = 1080
GROUP_S = 2
# Standard deviation of a usual sensor's noise in grey levels, and the largest of its values.
NOISE, NOISE_LIMIT = 2.0, 12
# Pictures of noise, and by how many pixels they are shifted: 4,096 different ones of each.
NOISE_PICTURES, NOISE_SHIFT = 8, 64
# What is encoded: groups of pictures of the empty scene, and how often the clip is shown in each stretch of
# people.
EMPTY_GROUPS = 30
TIMES_SHOWN = (1, 2, 1, 3, 1, 2)
# Frames that the empty scene is the median of.
PLATE_FRAMES = 31

Planes = NDArray[np.uint8]
"""(3 / 2 height, width) luma, and below it the two planes of chroma, of values from 16 to 235."""
Group = list[bytes]
"""Packets of a group of pictures, which begins with a key frame."""


class Footage:
    """A clip, and its empty scene, in the size of the recording.

    Args:
        clip: video of people before a fixed camera.
        weights: model that finds the people, who are left out of the empty scene.
    """

    def __init__(self, clip: Path, weights: str) -> None:
        self._clip = clip
        with av.open(str(clip)) as container:
            video = container.streams.video[0]
            self.rate = Fraction(video.average_rate or 25)
            self.size = 2 * round(LINES * video.width / video.height / 2), LINES
            self.frames = sum(1 for _ in container.decode(video))
        self.empty = self._empty(weights)

    def _empty(self, weights: str) -> Planes:
        settings = AnalyzeSettings(detector=DetectorChoice.YOLO, yolo=YoloSettings(weights=weights))
        detector = choose_detector(settings).load(print)
        builder = PlateBuilder()
        width, height = self.size
        detector.learn((), width=width, height=height)
        with av.open(str(self._clip)) as container:
            for n, picture in enumerate(container.decode(video=0)):
                if n % max(1, self.frames // PLATE_FRAMES) == 0:
                    image = np.asarray(
                        picture.to_ndarray(format="bgr24", width=width, height=height), np.uint8
                    )
                    (found,) = detector.detect([Frame(n, 0, image)])
                    full = picture.to_ndarray(format="yuv444p", width=width, height=height)
                    builder.add(Frame(n, 0, np.ascontiguousarray(full.transpose(1, 2, 0))), found.boxes)
        detector.close()
        plate = builder.plate()
        assert plate is not None
        whole = av.VideoFrame.from_ndarray(np.ascontiguousarray(plate.transpose(2, 0, 1)), "yuv444p")
        return np.clip(whole.to_ndarray(format="yuv420p"), 16, 235)

    def people(self) -> Iterator[Planes]:
        """Yield the frames of the clip."""
        width, height = self.size
        with av.open(str(self._clip)) as container:
            container.streams.video[0].thread_type = "AUTO"
            for picture in container.decode(video=0):
                yield np.clip(picture.to_ndarray(format="yuv420p", width=width, height=height), 16, 235)


class Recorder:
    """Encodes frames into groups of pictures, and puts groups into a file.

    Args:
        footage: footage whose size and frame rate are those of the recording.
        folder: folder for temporary files.
    """

    def __init__(self, footage: Footage, folder: Path) -> None:
        self._rate, (self._width, self._height) = footage.rate, footage.size
        self.group = round(GROUP_S * footage.rate)
        self._encoded = folder / "encoded.mp4"
        self._random = np.random.default_rng(0)
        noise = self._random.normal(
            0, NOISE, (NOISE_PICTURES, self._height * 3 // 2 + NOISE_SHIFT, self._width + NOISE_SHIFT)
        )
        limited = np.clip(np.rint(noise), -NOISE_LIMIT, NOISE_LIMIT)
        # Adding these without regard to their sign is the same, and as quick as copying a picture.
        self._noise = limited.astype(np.int8).view(np.uint8)

    def encode(self, frames: Iterator[Planes]) -> list[Group]:
        """Encode frames as a recorder does, with noise."""
        with av.open(str(self._encoded), "w") as target:
            stream = target.add_stream("libx264", rate=self._rate)
            stream.width, stream.height, stream.pix_fmt = self._width, self._height, "yuv420p"
            keys = f"bframes=0:keyint={self.group}:min-keyint={self.group}:scenecut=0"
            stream.options = {"preset": "veryfast", "crf": "24", "x264-params": keys}
            for n, planes in enumerate(frames):
                picture = av.VideoFrame.from_ndarray(planes + self._noise_picture(), "yuv420p")
                picture.pts, picture.time_base = n, 1 / self._rate
                target.mux(stream.encode(picture))
            target.mux(stream.encode())
        with av.open(str(self._encoded)) as source:
            packets = [bytes(packet) for packet in source.demux(video=0) if packet.size]
        return [packets[first : first + self.group] for first in range(0, len(packets), self.group)]

    def _noise_picture(self) -> NDArray[np.uint8]:
        picture, (y, x) = self._random.integers(NOISE_PICTURES), self._random.integers(NOISE_SHIFT, size=2)
        return self._noise[picture, y : y + self._height * 3 // 2, x : x + self._width]

    def write(self, groups: list[Group], path: Path) -> None:
        """Write groups as one recording."""
        time_base = 1 / self._rate
        with av.open(str(self._encoded)) as template, av.open(str(path), "w") as target:
            stream = target.add_stream_from_template(template.streams.video[0])
            for n, data in enumerate(chain.from_iterable(groups)):
                packet = av.Packet(data)
                packet.stream, packet.time_base = stream, time_base
                packet.pts = packet.dts = n
                packet.duration = 1
                packet.is_keyframe = n % self.group == 0
                target.mux(packet)


def stretch(footage: Footage, *, times: int, before: int, group: int) -> Iterator[Planes]:
    """Yield the clip some times in a row, between frames of the empty scene that fill whole groups.

    Args:
        footage: the clip and its empty scene.
        times: how often the clip is shown.
        before: number of frames of the empty scene before it.
        group: number of frames in a group.
    """
    count = before + times * footage.frames
    yield from repeat(footage.empty, before)
    for _ in range(times):
        yield from footage.people()
    yield from repeat(footage.empty, -count % group)


def strung(
    empty: list[Group], shown: list[list[Group]], *, wanted: int, share: float, random: np.random.Generator
) -> list[Group]:
    """String groups together: stretches of people between stretches of the empty scene.

    Args:
        empty: groups of the empty scene.
        shown: groups of each stretch of people.
        wanted: number of groups.
        share: share of the groups in which people are.
        random: generator that draws them.
    """
    groups: list[Group] = []
    due = 0.0
    while len(groups) < wanted:
        people = shown[random.integers(len(shown))] if shown else []
        # Stretches without people are of very different lengths, and have their share in the mean.
        due += len(people) * (1 - share) / share if people else wanted
        length = round(due * random.uniform(0.4, 1.0))
        due -= length
        groups += [empty[k] for k in random.integers(len(empty), size=length)] + people
    return groups[:wanted]


def make(clip: Path, *, weights: str, minutes: float, people: float, output: Path) -> None:
    """Write the recording.

    Args:
        clip: video of people before a fixed camera.
        weights: model that finds the people, who are left out of the empty scene.
        minutes: length of the recording.
        people: share of the time in which the clip is shown; with 0, nobody ever comes.
        output: file to write.
    """
    random = np.random.default_rng(1)
    footage = Footage(clip, weights)
    with tempfile.TemporaryDirectory() as folder:
        recorder = Recorder(footage, Path(folder))
        group = recorder.group
        empty = recorder.encode(repeat(footage.empty, EMPTY_GROUPS * group))
        shown = [
            recorder.encode(stretch(footage, times=times, before=int(random.integers(1, group)), group=group))
            for times in (TIMES_SHOWN if people else ())
        ]
        wanted = round(minutes * 60 / GROUP_S)
        recorder.write(strung(empty, shown, wanted=wanted, share=people, random=random), output)


def main() -> None:
    """Parse the arguments and make the recording."""
    parser = argparse.ArgumentParser(
        description="Make the recording of a camera before which few people are."
    )
    parser.add_argument("clip", type=Path, help="video of people before a fixed camera")
    parser.add_argument("--weights", required=True, help="model that finds them, for the empty scene")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--people", type=float, default=0.3, help="share of the time with people; 0: nobody")
    parser.add_argument("-o", "--output", type=Path, required=True)
    said = parser.parse_args()
    make(said.clip, weights=said.weights, minutes=said.minutes, people=said.people, output=said.output)


if __name__ == "__main__":
    main()
