"""Packets between key frames that show the same are left undecoded, and nothing that moves is."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from heatcli.video.container import open_video
from heatcli.video.division import WHOLE
from heatcli.video.layout import Layout
from heatcli.video.usable import Shown, usable_pictures
from tests.support.drawn_scene import HEIGHT, WIDTH
from tests.support.make_clips import with_packets
from tests.support.still_clips import (
    FPS,
    KEY_EVERY,
    Image,
    Scene,
    clock,
    crossing,
    nothing,
    people,
    still_clip,
    together,
)

SECONDS = 90
# By then the noise of pictures and the sizes of packets are known.
KNOWN_S = 40


def shown(clip: Path, *, skip_quiet: bool = True) -> list[Shown]:
    with open_video(clip) as (container, stream):
        layout = Layout((WIDTH, HEIGHT))
        return list(
            usable_pictures(
                clip,
                container,
                stream,
                layout,
                quiet=WHOLE if skip_quiet else None,
                on_packet=lambda packet: None,
                on_damage=lambda: None,
            )
        )


def skipped(clip: Path) -> np.ndarray:
    """Return which frames of a clip are skipped, having checked that all of them are there, in order."""
    with open_video(clip) as (_, stream):
        step = Fraction(1, FPS) / (stream.time_base or Fraction(1))
    frames = shown(clip)
    assert [frame.stamp for frame in frames] == [index * step for index in range(len(frames))]
    assert all((frame.picture is None) == frame.skipped for frame in frames)
    return np.array([frame.skipped for frame in frames])


def share(flags: np.ndarray, begin: float, end: float) -> float:
    return float(flags[round(begin * FPS) : round(end * FPS)].mean())


@pytest.mark.parametrize("scene", [nothing, clock])
def test_most_of_a_clip_in_which_nothing_moves_is_not_decoded(tmp_path: Path, scene: Scene) -> None:
    flags = skipped(still_clip(tmp_path / "a.mp4", scene, seconds=SECONDS))
    assert share(flags, KNOWN_S, SECONDS) > 0.7
    # Key frames show what goes on meanwhile.
    assert not flags[::KEY_EVERY].any()


def test_pictures_are_those_of_a_clip_that_is_decoded_as_a_whole(tmp_path: Path) -> None:
    clip = still_clip(tmp_path / "a.mp4", crossing(60, 63), seconds=70)
    whole, some = shown(clip, skip_quiet=False), shown(clip)
    assert [frame.stamp for frame in whole] == [frame.stamp for frame in some]
    for one, other in zip(whole, some, strict=True):
        if other.picture is not None:
            assert one.picture is not None
            assert (one.picture.to_ndarray() == other.picture.to_ndarray()).all()


@pytest.mark.parametrize("noise", [0.0, 2.5, 8.0])
@pytest.mark.parametrize("begin", [60.0, 60.7, 61.5])
def test_a_far_person_who_crosses_for_two_seconds_is_decoded(
    tmp_path: Path, noise: float, begin: float
) -> None:
    scene = together(clock, crossing(begin, begin + 2.1))
    flags = skipped(still_clip(tmp_path / "a.mp4", scene, seconds=SECONDS, noise=noise))
    assert share(flags, begin, begin + 2.1) == 0
    assert share(flags, KNOWN_S, begin - 2) > 0.5


def test_a_tall_person_who_comes_and_goes_between_two_key_frames_is_decoded(tmp_path: Path) -> None:
    scene = people((60.3, 61.7, lambda t: (100 + 60 * t, 200, 60)))
    assert share(skipped(still_clip(tmp_path / "a.mp4", scene, seconds=SECONDS, noise=0.7)), 60.3, 61.7) == 0


def test_who_passes_a_clock_is_decoded(tmp_path: Path) -> None:
    scene = together(people((60, 64, lambda t: (180 + 30 * t, 235, 60))), clock)
    assert share(skipped(still_clip(tmp_path / "a.mp4", scene, seconds=SECONDS)), 60, 64) == 0


def test_light_that_changes_is_no_movement(tmp_path: Path) -> None:
    def dusk(image: Image, seconds: float) -> Image:
        return (image * (1 - 0.3 * seconds / SECONDS)).astype(np.uint8)

    assert share(skipped(still_clip(tmp_path / "a.mp4", dusk, seconds=SECONDS)), KNOWN_S, SECONDS) > 0.5


def test_a_camera_that_is_moved_is_decoded(tmp_path: Path) -> None:
    def moved(image: Image, seconds: float) -> Image:
        return image if seconds < 60 else np.ascontiguousarray(image[::-1])

    assert share(skipped(still_clip(tmp_path / "a.mp4", moved, seconds=SECONDS)), 58, 60) == 0


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("intra.mp4", {"key_every": 1}),
        ("jpegs.avi", {"codec": "mjpeg"}),
        ("one-key.mp4", {"key_every": 10_000}),
        ("b-frames.mp4", {"b_frames": 2}),
    ],
)
def test_clips_of_which_nothing_can_be_left_out(tmp_path: Path, name: str, how: dict[str, object]) -> None:
    clip = still_clip(tmp_path / name, nothing, seconds=60, **how)  # type: ignore[arg-type]
    assert not any(frame.skipped for frame in shown(clip))


def test_nobody_is_unseen_for_longer_than_two_seconds(tmp_path: Path) -> None:
    flags = skipped(still_clip(tmp_path / "a.mp4", nothing, seconds=160, key_every=40))
    # The second half of four seconds between two key frames.
    assert flags.reshape(-1, 40)[:-1, :20].sum() == 0
    assert flags.reshape(-1, 40)[-6:-1, 20:].mean() > 0.6


def test_a_constant_bit_rate_tells_nothing(tmp_path: Path) -> None:
    """Whoever has been seen to move without larger packets shows that the next one may come unseen."""

    def filled(number: int, data: bytes) -> bytes:
        """Fill a packet up to one size, as encoders do: with a unit of type 12."""
        size = 40_000 if number % KEY_EVERY == 0 else 12_000
        unit = b"\x0c" + b"\xff" * (size - len(data) - 6) + b"\x80"
        return data + len(unit).to_bytes(4, "big") + unit

    walks = [(begin, begin + 3.0, lambda t: (100 + 40 * t, 200.0, 60.0)) for begin in (50.5, 60.5, 70.5)]
    source = still_clip(tmp_path / "a.mp4", people(*walks), seconds=110, noise=0.7)
    flags = skipped(with_packets(source, tmp_path / "b.mp4", filled))
    assert all(share(flags, begin, begin + 3) == 0 for begin in (50.5, 60.5, 70.5))
    assert share(flags, KNOWN_S, 50) > 0.5
    assert share(flags, 74, 110) == 0
    assert share(skipped(source), 74, 110) > 0.5


def test_damage_where_nothing_moves_is_found(tmp_path: Path) -> None:
    source = still_clip(tmp_path / "a.mp4", nothing, seconds=SECONDS)

    def hole(number: int, data: bytes) -> bytes:
        return data if number != 707 else data[: len(data) // 2] + bytes(len(data) - len(data) // 2)

    clip = with_packets(source, tmp_path / "b.mp4", hole)
    failed = [not frame.skipped and frame.picture is None for frame in shown(clip)]
    assert failed == [frame.picture is None for frame in shown(clip, skip_quiet=False)]
    assert any(failed)
