"""Detection models: they find what ultralytics finds, and every mistake gets one clear line."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from heatcli.detect.letterbox import Letterbox
from heatcli.detect.model import CONFIDENCE_FLOOR
from heatcli.detect.openvino import OpenVinoDetector
from heatcli.detect.weights import find_weights, quiet_ultralytics
from heatcli.detect.yolo import YoloDetector
from heatcli.detect.yolo_output import read_raw
from heatcli.errors import UsageError, WeightsError
from heatcli.video.frame import Frame
from tests.support.make_models import save_openvino, save_random_yolo
from tests.support.places import ROOT

ROWS = np.array(
    [
        [16, 16, 48, 48, 1.0, 0],
        [-20, 8, 32, 90, 0.9, 2],
        [8, 8, 40, 40, 0.8, 1],
        [70, 20, 90, 40, 0.7, 0],  # outside
        [20, 20, 20, 40, 0.6, 0],  # no width
        [16, 16, 48, 48, 0.05, 0],  # below the floor
    ],
    np.float32,
)


def frames_of(clip: Path, indices: set[int]) -> list[Frame]:
    capture = cv2.VideoCapture(str(clip))
    images = {index: capture.read()[1] for index in range(max(indices) + 1)}
    return [Frame(index, index, np.asarray(images[index], np.uint8)) for index in sorted(indices)]


def red(share: float, *, height: int = 64, width: int = 64) -> Frame:
    image = np.full((height, width, 3), (10, 20, round(255 * share)), dtype=np.uint8)
    return Frame(0, 0, image)


def openvino(
    path: Path, *objects: str, confidence: float = 0.25, device: str | None = None
) -> OpenVinoDetector:
    return OpenVinoDetector(
        weights=find_weights(str(path)), objects=objects, confidence=confidence, device=device
    )


def ultralytics(
    path: Path, *objects: str, confidence: float = 0.25, device: str | None = "cpu"
) -> YoloDetector:
    return YoloDetector(
        weights=find_weights(str(path)), objects=objects, confidence=confidence, device=device
    )


@pytest.fixture(scope="module")
def random_yolo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "random.pt"
    save_random_yolo(path)
    return path


@pytest.mark.slow
def test_openvino_finds_what_ultralytics_finds(test_data: Path, weights: Path) -> None:
    frames = frames_of(test_data / "vtest.avi", {0, 270, 560, 700})
    frames += frames_of(test_data / "street-1080p.mp4", {10})
    ours = openvino(weights, "person").detect(frames)
    quiet_ultralytics()
    from ultralytics.models import YOLO

    theirs: Any = YOLO(str(weights), task="detect")
    for frame, found in zip(frames, ours, strict=True):
        (result,) = theirs.predict(
            frame.image, classes=[0], conf=CONFIDENCE_FLOOR, iou=0.7, verbose=False, device="cpu"
        )
        order = np.argsort(-result.boxes.conf.numpy(), kind="stable")
        assert len(found) == len(order) > 2
        np.testing.assert_allclose(found.boxes, result.boxes.xyxy.numpy()[order], atol=0.05)
        np.testing.assert_allclose(found.confidence, result.boxes.conf.numpy()[order], atol=1e-4)


@given(
    height=st.integers(1, 1200),
    width=st.integers(1, 1200),
    network=st.sampled_from([(640, 640), (384, 640), (96, 32)]),
)
@settings(max_examples=40, deadline=None)
def test_frames_are_fitted_as_ultralytics_does(height: int, width: int, network: tuple[int, int]) -> None:
    quiet_ultralytics()
    from ultralytics.data.augment import LetterBox
    from ultralytics.utils.ops import scale_boxes

    image = np.random.default_rng(height * width).integers(0, 256, (height, width, 3), np.uint8)
    letterbox = Letterbox.fit(source=(height, width), network=network)
    np.testing.assert_array_equal(letterbox.apply(image), LetterBox(network)(image=image))
    boxes = np.array([[letterbox.left, letterbox.top, network[1] / 2, network[0] / 2]], np.float32)
    theirs = np.asarray(scale_boxes(network, boxes.copy(), (height, width)))
    np.testing.assert_allclose(letterbox.to_source(boxes), theirs, rtol=1e-5, atol=1e-3)


@given(seed=st.integers(0, 2**32 - 1), wanted=st.sets(st.integers(0, 3), min_size=1))
@settings(max_examples=50, deadline=None)
def test_double_boxes_are_suppressed_as_ultralytics_does(seed: int, wanted: set[int]) -> None:
    quiet_ultralytics()
    import torch
    from ultralytics.utils.nms import non_max_suppression

    rng = np.random.default_rng(seed)
    output: NDArray[np.float32] = np.concatenate(
        [rng.uniform(20, 60, (2, 200)), rng.uniform(5, 60, (2, 200)), rng.uniform(0, 0.4, (4, 200)) ** 2]
    ).astype(np.float32)
    found = read_raw(output, classes=4, wanted=sorted(wanted), floor=0.1)
    (theirs,) = non_max_suppression(
        torch.from_numpy(output[None]), conf_thres=0.1, iou_thres=0.7, classes=sorted(wanted)
    )
    np.testing.assert_allclose(found.boxes, theirs[:, :4], atol=1e-4)
    np.testing.assert_allclose(found.confidence, theirs[:, 4], atol=1e-6)
    np.testing.assert_array_equal(found.number, theirs[:, 5])


def test_raw_output_without_objects_is_empty() -> None:
    found = read_raw(np.zeros((8, 100), np.float32), classes=4, wanted=[0], floor=0.1)
    assert (found.boxes.shape, len(found.confidence), len(found.number)) == ((0, 4), 0, 0)


@pytest.mark.parametrize("dynamic", [False, True])
def test_boxes_are_in_the_frame_and_of_the_classes_asked_for(tmp_path: Path, dynamic: bool) -> None:
    path = save_openvino(tmp_path / "m_openvino_model", ROWS, dynamic=dynamic)
    (found,) = openvino(path, "car", "person").detect([red(1.0, height=128, width=256)])
    # The frame is scaled by 1/4 to 32 rows, which lie 16 rows down.
    np.testing.assert_allclose(found.boxes, [[64, 0, 192, 128], [0, 0, 128, 128]])
    share = (1 + 114 / 255) / 2  # of red: the padding is grey
    np.testing.assert_allclose(found.confidence, [share, 0.9 * share], atol=1e-4)
    assert found.class_id.tolist() == [1, 0]


def test_results_come_in_the_order_of_the_frames(tmp_path: Path) -> None:
    detector = openvino(save_openvino(tmp_path / "m_openvino_model", ROWS[:1]), "person")
    shares = np.linspace(0.2, 1.0, 41)
    found = detector.detect([red(share) for share in shares])
    np.testing.assert_allclose([one.confidence[0] for one in found], np.rint(shares * 255) / 255, atol=1e-4)


@pytest.mark.parametrize("cut", [None, 0.0, 0.1, 0.999])
def test_a_compiled_model_is_kept_and_finds_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut: float | None
) -> None:
    """Also where the runtime was killed while it wrote it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = save_openvino(tmp_path / "m_openvino_model", ROWS)
    (first,) = openvino(path, "person").detect([red(0.7)])
    (kept,) = (tmp_path / "cache/heatcli/openvino/compiled").glob("*.blob")
    size, written = kept.stat().st_size, kept.stat().st_mtime_ns
    if cut is not None:
        os.truncate(kept, int(cut * size))
    (second,) = openvino(path, "person").detect([red(0.7)])
    np.testing.assert_array_equal(second.boxes, first.boxes)
    np.testing.assert_array_equal(second.confidence, first.confidence)
    assert kept.stat().st_size > 0.9 * size
    assert (kept.stat().st_mtime_ns == written) == (cut is None)


def test_where_nothing_can_be_kept_models_are_compiled_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    path = save_openvino(tmp_path / "m_openvino_model", ROWS)
    assert len(openvino(path, "person").detect([red(1.0)])[0]) == 1


def test_a_confidence_below_the_floor_lowers_it(tmp_path: Path) -> None:
    path = save_openvino(tmp_path / "m_openvino_model", ROWS)
    assert [len(openvino(path, "person", confidence=c).detect([red(1.0)])[0]) for c in (0.3, 0.02)] == [1, 2]


def test_a_model_for_something_else_is_refused(tmp_path: Path) -> None:
    path = save_openvino(tmp_path / "m_openvino_model", ROWS, task="classify")
    with pytest.raises(WeightsError, match=r"^m_openvino_model: a model for classify finds no boxes"):
        openvino(path, "person")


def test_a_model_for_several_frames_is_refused(tmp_path: Path) -> None:
    path = save_openvino(tmp_path / "m_openvino_model", ROWS, batch=4)
    with pytest.raises(WeightsError, match="takes 4 frames"):
        openvino(path, "person")


def test_without_names_every_class_that_a_model_knows_is_reported(tmp_path: Path, random_yolo: Path) -> None:
    path = save_openvino(tmp_path / "m_openvino_model", ROWS)
    for known in (openvino(path).classes, ultralytics(random_yolo).classes):
        assert list(known) == sorted(known)
        assert "person" in known
        assert len(known) > 1


def test_an_unknown_class_gets_the_nearest_names(tmp_path: Path, random_yolo: Path) -> None:
    path = save_openvino(tmp_path / "m_openvino_model", ROWS)
    with pytest.raises(WeightsError, match=r"m_openvino_model knows no class 'Persn'.*: person$"):
        openvino(path, "Persn")
    with pytest.raises(WeightsError, match=r"random\.pt knows no class 'bicycle'"):
        ultralytics(random_yolo, "person", "bicycle")


@pytest.mark.parametrize("damaged", ["small.xml", "small.bin", "metadata.yaml"])
def test_a_damaged_openvino_model_is_refused(tmp_path: Path, damaged: str) -> None:
    path = save_openvino(tmp_path / "m_openvino_model", ROWS)
    (path / damaged).write_bytes(b"\x00")
    with pytest.raises(WeightsError, match="m_openvino_model") as error:
        openvino(path, "person")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("device", ["cuda", "0", "intel:npu7"])
def test_a_device_that_is_not_there_is_refused(tmp_path: Path, random_yolo: Path, device: str) -> None:
    path = save_openvino(tmp_path / "m_openvino_model", ROWS)
    with pytest.raises(UsageError, match=rf"^--device {device}: "):
        openvino(path, "person", device=device)


def test_a_gpu_that_is_not_there_is_refused(random_yolo: Path) -> None:
    with pytest.raises(UsageError, match=r"^--device cuda:99: "):
        ultralytics(random_yolo, "person", device="cuda:99")


def test_ultralytics_reports_the_classes_asked_for(random_yolo: Path) -> None:
    frame = Frame(0, 0, np.random.default_rng(1).integers(0, 256, (96, 160, 3), np.uint8))
    (one,) = ultralytics(random_yolo, "car", "person").detect([frame])
    (other,) = ultralytics(random_yolo, "person", "car").detect([frame])
    assert len(one) > 0
    np.testing.assert_array_equal(one.boxes, other.boxes)
    np.testing.assert_array_equal(one.class_id, 1 - other.class_id)
    assert not len(ultralytics(random_yolo, "class 7").detect([frame])[0])


@pytest.mark.parametrize("name", ["shop.pt", "shop.onnx", "shop.engine", "shop.txt"])
def test_a_damaged_file_is_refused(tmp_path: Path, random_yolo: Path, name: str) -> None:
    (tmp_path / name).write_bytes(random_yolo.read_bytes()[:5000])
    with pytest.raises(WeightsError, match=f"{name}: ultralytics cannot load it") as error:
        ultralytics(tmp_path / name, "person")
    assert "\n" not in str(error.value)


DETECT_ELSEWHERE = """
import sys
import numpy as np
from heatcli.detect.registry import choose_detector
from heatcli.names import DetectorChoice
from heatcli.config.settings import AnalyzeSettings, YoloSettings
from heatcli.video.frame import Frame

chosen = choose_detector(
    AnalyzeSettings(detector=DetectorChoice.YOLO, yolo=YoloSettings(weights=sys.argv[1]))
)
detector = chosen.load(lambda line: None)
detector.learn([], width=64, height=64)
detector.detect([Frame(0, 0, np.zeros((64, 64, 3), np.uint8))])
detector.close()
print("torch" in sys.modules)
"""


@pytest.mark.parametrize("runtime", ["openvino", pytest.param("ultralytics", marks=pytest.mark.slow)])
def test_nothing_is_written_but_in_the_cache(tmp_path: Path, random_yolo: Path, runtime: str) -> None:
    model = random_yolo
    if runtime == "openvino":
        model = save_openvino(tmp_path / "m_openvino_model", ROWS)
    home, folder = tmp_path / "home", tmp_path / "here"
    home.mkdir()
    folder.mkdir()
    kept = ("HOME", "XDG_", "YOLO_", "HEATCLI_", "MPLCONFIG")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(kept)}
    environment |= {"HOME": str(home), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", DETECT_ELSEWHERE, str(model)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{runtime == 'ultralytics'}\n"  # no banner, and no torch where it is not needed
    assert done.stderr == ""
    assert list(folder.rglob("*")) == []
    written = [path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()]
    assert all(path.startswith(".cache/heatcli/") for path in written), written
