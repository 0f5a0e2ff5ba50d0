"""One suite over every detector: what `heatcli.detect.base.Detector` promises."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from heatcli.config.settings import AnalyzeSettings, YoloSettings
from heatcli.detect.base import Detections, Detector
from heatcli.detect.registry import DETECTORS, ChosenDetector, choose_detector
from heatcli.names import DetectorChoice
from heatcli.video.frame import Frame
from tests.support.make_models import save_openvino, save_random_yolo

HEIGHT, WIDTH = 180, 320
# Names of detectors, and of the runtime where there are several. Importing torch is what makes one slow.
FAST = ("yolo.openvino", "motion")
SLOW = ("yolo.ultralytics",)


def test_every_detector_is_in_the_suite() -> None:
    assert {variant.partition(".")[0] for variant in FAST + SLOW} == set(DETECTORS)


def walk(seed: int, frames: int, *, height: int = HEIGHT, width: int = WIDTH) -> list[Frame]:
    """Draw a dark figure that walks over a noisy, reddish floor, ten frames a second."""
    rng = np.random.default_rng(seed)
    floor = rng.integers((60, 60, 140), (100, 100, 200), (height, width, 3))
    drawn = []
    for index in range(frames):
        image = floor + rng.integers(-4, 5, floor.shape)
        left = 10 + index * (width - 40) // frames
        image[height // 4 : height // 4 + height // 3, left : left + height // 8] = (40, 20, 20)
        drawn.append(Frame(index, index * 100_000, np.clip(image, 0, 255).astype(np.uint8)))
    return drawn


@pytest.fixture(
    scope="module", params=[*FAST, *(pytest.param(variant, marks=pytest.mark.slow) for variant in SLOW)]
)
def chosen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> ChosenDetector:
    name, _, runtime = str(request.param).partition(".")
    folder = tmp_path_factory.mktemp("weights")
    model: Path | None = None
    if runtime == "openvino":
        rows = np.array([[8, 8, 40, 56, 1.0, 0], [20, 30, 60, 50, 0.5, 0]], np.float32)
        model = save_openvino(folder / "small_openvino_model", rows)
    elif runtime == "ultralytics":
        model = folder / "random.pt"
        save_random_yolo(model)
    yolo = YoloSettings(weights=str(model) if model else None, device="cpu")
    return choose_detector(AnalyzeSettings(detector=DetectorChoice(name), yolo=yolo))


@pytest.fixture(scope="module")
def detector(chosen: ChosenDetector) -> Iterator[Detector]:
    loaded = chosen.load(print)
    yield loaded
    loaded.close()


def detect(detector: Detector, frames: list[Frame], *, at_once: int) -> list[Detections]:
    height, width = frames[0].image.shape[:2]
    detector.learn(frames[::4], width=width, height=height)
    found: list[Detections] = []
    for begin in range(0, len(frames), at_once):
        found += detector.detect(frames[begin : begin + at_once])
    return found


def assert_same(one: list[Detections], other: list[Detections]) -> None:
    assert len(one) == len(other)
    for a, b in zip(one, other, strict=True):
        # A network's sums are rounded differently for batches of another size.
        np.testing.assert_allclose(a.boxes, b.boxes, atol=0.01)
        np.testing.assert_allclose(a.confidence, b.confidence, atol=1e-3)
        np.testing.assert_array_equal(a.class_id, b.class_id)


def test_it_is_what_was_chosen(chosen: ChosenDetector, detector: Detector) -> None:
    assert detector.identity == chosen.identity
    assert (detector.identity.weights is None) == (detector.identity.weights_sha256 is None)
    # Which form of a model runs is decided for each clip.
    detector.learn([], width=WIDTH, height=HEIGHT)
    assert detector.classes == ("person",)
    assert detector.batch_size >= 1


def test_it_finds_something_inside_the_frame(detector: Detector) -> None:
    found = detect(detector, walk(1, 24), at_once=8)
    assert len(found) == 24
    assert sum(len(one) for one in found) > 12
    boxes = np.concatenate([one.boxes for one in found])
    assert boxes.min() >= 0
    assert boxes[:, 2].max() <= WIDTH
    assert boxes[:, 3].max() <= HEIGHT
    assert all((one.class_id == 0).all() for one in found)


def test_batches_do_not_matter(detector: Detector) -> None:
    frames = walk(2, 12)
    assert_same(detect(detector, frames, at_once=12), detect(detector, frames, at_once=5))


def test_a_new_clip_starts_afresh(chosen: ChosenDetector, detector: Detector) -> None:
    detect(detector, walk(3, 12, height=120, width=160), at_once=6)
    frames = walk(4, 12)
    fresh = chosen.load(print)
    assert_same(detect(detector, frames, at_once=6), detect(fresh, frames, at_once=6))
    fresh.close()


def test_no_frames_no_detections(detector: Detector) -> None:
    detector.learn([], width=WIDTH, height=HEIGHT)
    assert detector.detect([]) == []
