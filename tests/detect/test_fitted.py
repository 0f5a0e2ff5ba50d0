"""The form of a model that fits the footage: one of several exports, or one that is made when needed."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from heatcli.config.settings import AnalyzeSettings, YoloSettings
from heatcli.detect import export
from heatcli.detect.base import Detector
from heatcli.detect.export import exported
from heatcli.detect.exports import Export, best_fit
from heatcli.detect.registry import choose_detector
from heatcli.detect.weights import find_weights, quiet_ultralytics
from heatcli.errors import WeightsError
from heatcli.names import DetectorChoice
from heatcli.video.frame import Frame
from tests.support.make_models import save_openvino, save_random_yolo

ROWS = np.array([[16, 16, 48, 48, 1.0, 0]], np.float32)
SHAPES = ((640, 640), (480, 640), (384, 640), (256, 448))


def several(folder: Path, shapes: Sequence[tuple[int, int]] = SHAPES) -> Path:
    """Save exports of one model; the names of their folders are their heights and widths."""
    folder.mkdir()
    for height, width in shapes:
        save_openvino(folder / f"{height}x{width}", ROWS, size=(height, width))
    return folder


def detector_of(path: Path) -> Detector:
    settings = AnalyzeSettings(
        detector=DetectorChoice.YOLO, yolo=YoloSettings(weights=str(path), device="cpu")
    )
    return choose_detector(settings).load(print)


@pytest.mark.parametrize(
    ("width", "height", "fits"),
    [
        (1920, 1080, "384x640"),
        (1280, 720, "384x640"),
        (768, 576, "480x640"),
        (704, 576, "640x640"),
        (352, 240, "480x640"),
        (3840, 1080, "384x640"),
        (1080, 1920, "640x640"),
        (640, 640, "640x640"),
        (64, 36, "384x640"),
    ],
)
def test_the_smallest_input_that_shows_the_frame_as_large_as_any_fits_best(
    tmp_path: Path, width: int, height: int, fits: str
) -> None:
    path = several(tmp_path / "exports")
    found = best_fit(path, width=width, height=height)
    assert found.name == fits
    exports = [Export.read(folder) for folder in path.iterdir()]
    assert Export.read(found).scale(width, height) > 0.97 * max(e.scale(width, height) for e in exports)


def test_each_clip_gets_the_export_that_fits_and_boxes_are_in_its_pixels(tmp_path: Path) -> None:
    detector = detector_of(several(tmp_path / "exports"))
    for width, height in ((1280, 720), (768, 576), (1280, 720)):
        detector.learn([], width=width, height=height)
        red = np.zeros((height, width, 3), np.uint8)
        red[..., 2] = 255
        (found,) = detector.detect([Frame(0, 0, red)])
        # The network always says 16, 16, 48, 48; above a 16:9 frame are 12 rows of grey.
        above = 12 if width == 1280 else 0
        expected = np.array([16, 16 - above, 48, 48 - above]) * width / 640
        assert found.boxes[0] == pytest.approx(expected, abs=1)
        assert detector.identity.weights == "exports"
    detector.close()


def test_exports_of_different_models_are_refused(tmp_path: Path) -> None:
    path = several(tmp_path / "exports", SHAPES[:2])
    metadata = path / "480x640/metadata.yaml"
    metadata.write_text(metadata.read_text().replace("bicycle", "tricycle"))
    with pytest.raises(WeightsError, match="480x640 and 640x640 find other classes"):
        best_fit(path, width=640, height=480)


@pytest.fixture(scope="module")
def random_yolo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "random.pt"
    save_random_yolo(path)
    return path


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_an_export_that_cannot_be_made_is_tried_once(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def fails(model: Path, folder: Path, **size: int) -> None:
        tried.append(folder.name)
        raise OSError("disk full")

    monkeypatch.setattr(export, "_export", fails)
    (tmp_path / "shop.pt").write_bytes(b"a model")
    weights = find_weights(str(tmp_path / "shop.pt"))
    said: list[str] = []
    for width, height in ((1280, 720), (640, 360), (768, 576), (1280, 720)):
        assert exported(weights, width=width, height=height, say=said.append) == weights
    assert tried == ["shop_16x9_openvino_model", "shop_4x3_openvino_model"]
    assert sum("disk full" in line for line in said) == 2


@pytest.mark.slow
def test_a_pt_model_is_exported_once_and_computes_the_same(random_yolo: Path, cache: Path) -> None:
    weights = find_weights(str(random_yolo))
    said: list[str] = []
    form = exported(weights, width=320, height=180, say=said.append)
    assert (Export.read(form.path).height, Export.read(form.path).width) == (384, 640)
    assert len(said) == 1
    assert exported(weights, width=1280, height=720, say=said.append) == form
    assert len(said) == 1
    assert [path.name for path in form.path.parent.iterdir()] == [form.path.name]
    picture = np.random.default_rng(1).random((1, 3, 384, 640), np.float32)
    quiet_ultralytics()
    import openvino
    import torch
    from ultralytics.models import YOLO

    network: Any = YOLO(str(random_yolo)).model
    network.end2end = False
    with torch.no_grad():
        expected = network.eval()(torch.from_numpy(picture))[0].numpy()
    (xml,) = form.path.glob("*.xml")
    np.testing.assert_allclose(openvino.Core().compile_model(xml, "CPU")(picture)[0], expected, atol=0.05)


@pytest.mark.slow
def test_a_clip_is_searched_with_the_export(random_yolo: Path, cache: Path) -> None:
    detector = detector_of(random_yolo)
    detector.learn([], width=320, height=180)
    (found,) = detector.detect([Frame(0, 0, np.full((180, 320, 3), 90, np.uint8))])
    assert len(found)
    assert found.boxes.max() <= 320
    assert detector.identity.weights == "random.pt"
    assert len(list(cache.rglob("*_16x9_openvino_model"))) == 1
    detector.close()


def test_what_cannot_be_exported_is_run_as_it_is(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = tmp_path / "model.pt"
    model.write_bytes(b"no model")
    weights = find_weights(str(model))
    said: list[str] = []
    assert exported(weights, width=320, height=180, say=said.append) == weights
    assert "cannot be exported to OpenVINO" in said[-1]
    assert not list(cache.rglob("*_openvino_model"))
    # No room for the cache, and nothing to export with.
    monkeypatch.setenv("XDG_CACHE_HOME", str(model))
    assert exported(weights, width=320, height=180, say=said.append) == weights
    assert "Not a directory" in said[-1]
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    count = len(said)
    assert exported(weights, width=320, height=180, say=said.append) == weights
    assert len(said) == count


@pytest.mark.slow
def test_who_comes_while_an_export_is_made_waits_for_it(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = tmp_path / "model.pt"
    model.write_bytes(b"a model")
    weights = find_weights(str(model))
    made: list[str] = []

    class SlowModel:
        def __init__(self, path: str) -> None:
            self.path, self.overrides = path, dict[str, int]()

        def export(self, **_: object) -> str:
            made.append(self.path)
            time.sleep(0.2)
            folder = Path(self.path).with_suffix("")
            folder.mkdir()
            return str(folder)

    monkeypatch.setattr("ultralytics.models.YOLO", SlowModel)
    with ThreadPoolExecutor() as pool:
        asked = [pool.submit(exported, weights, width=320, height=180, say=lambda _: None) for _ in range(3)]
        forms = {one.result().path for one in asked}
    assert len(made) == 1
    assert len(forms) == 1
    assert weights.path not in forms


def test_what_a_killed_export_left_is_never_loaded(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = tmp_path / "model.pt"
    model.write_bytes(b"a model")
    weights = find_weights(str(model))
    left = cache / "heatcli/openvino" / weights.sha256[:16] / ".export-abc/model_openvino_model"
    left.mkdir(parents=True)
    made: list[Path] = []

    def make(path: Path, folder: Path, *, width: int, height: int) -> None:
        made.append(folder)
        folder.mkdir()

    monkeypatch.setattr(export, "_export", make)
    form = exported(weights, width=320, height=180, say=lambda line: None)
    assert made == [form.path]
    assert exported(weights, width=320, height=180, say=lambda line: None) == form
    assert len(made) == 1
