"""Re-identification models: what they are shown, what is made of what they give, and which are refused."""

import hashlib
import json
import shutil
import sys
import threading
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from heatcli.analysis.config_faults import config_faults
from heatcli.analysis.models import Models
from heatcli.analysis.options import Options
from heatcli.analysis.plan import plan
from heatcli.config.models import load_config
from heatcli.config.settings import AnalyzeSettings
from heatcli.detect import weights
from heatcli.errors import WeightsError
from heatcli.names import AUTO_REID, DetectorChoice, ReidInput
from heatcli.track.appearance.appearance import Describer, Descriptors
from heatcli.track.appearance.describers import choose_describer
from heatcli.track.appearance.descriptor_bytes import from_bytes
from tests.support.command_line import answer, run
from tests.support.make_models import save_onnx_reid, save_openvino, save_openvino_reid

# Of ImageNet's pixels, R G B in 0..1, as torchvision documents them.
MEAN = np.array([0.485, 0.456, 0.406])
DEVIATION = np.array([0.229, 0.224, 0.225])


def describe(model: Path, image: NDArray[np.uint8], boxes: NDArray[np.floating]) -> Descriptors:
    """Describe by the model's own part of the descriptors, scaled to length one."""
    return own_part(load(model).describe(image, boxes))


def own_part(descriptors: Descriptors) -> Descriptors:
    return unit(descriptors[..., :-1].astype(np.float64)).astype(np.float32)


def load(model: Path, takes: ReidInput | None = None) -> Describer:
    return choose_describer(AnalyzeSettings(reid_weights=str(model), reid_input=takes)).load()


def unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    scaled: NDArray[np.float64] = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return scaled


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that gives the mean colour of what it is shown."""
    return save_openvino_reid(tmp_path_factory.mktemp("reid") / "mean")


@pytest.fixture
def crowd() -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """A picture of noise, and seven boxes of all sizes in it."""
    rng = np.random.default_rng(5)
    corner, size = rng.uniform(0, 60, (7, 2)), rng.uniform(3, 60, (7, 2))
    boxes = np.concatenate([corner, corner + size], axis=1).astype(np.float32)
    return rng.integers(0, 256, (120, 120, 3), dtype=np.uint8), boxes


def test_a_model_is_shown_the_box_in_rgb_less_the_mean_of_imagenet(model: Path) -> None:
    image = np.zeros((200, 100, 3), np.uint8)
    image[20:84, 30:62] = (10, 120, 250)  # the upper half of somebody; B, G, R
    image[84:148, 30:62] = (40, 60, 80)
    expected = unit((np.array([165, 90, 25]) / 255 - MEAN) / DEVIATION)
    (descriptor,) = describe(model, image, np.array([[30, 20, 62, 148]], np.float32))
    assert descriptor.dtype == np.float32
    np.testing.assert_allclose(descriptor, expected, atol=1e-5)


def test_ultralytics_models_want_colours_from_0_to_1(tmp_path: Path) -> None:
    theirs = save_onnx_reid(tmp_path / "a.onnx", author="Ultralytics")
    other = save_onnx_reid(tmp_path / "b.onnx", author="somebody")
    image = np.full((64, 32, 3), (10, 120, 250), np.uint8)
    boxes = np.array([[0, 0, 32, 64]], np.float32)
    colour = np.array([[250, 120, 10]]) / 255
    np.testing.assert_allclose(describe(theirs, image, boxes), unit(colour), atol=1e-5)
    np.testing.assert_allclose(describe(other, image, boxes), unit((colour - MEAN) / DEVIATION), atol=1e-5)


CONVERTED = {"mean_values": "data[123.675,116.28,103.53]", "scale_values": "data[58.395,57.12,57.375]"}
RED, GREEN, BLUE = 250, 120, 10
NORMALISED = (np.array([RED, GREEN, BLUE]) / 255 - MEAN) / DEVIATION


@pytest.mark.parametrize(
    ("converted", "takes", "shown"),
    [
        (CONVERTED | {"reverse_input_channels": "True"}, None, [BLUE, GREEN, RED]),
        (CONVERTED | {"reverse_input_channels": "False"}, None, [RED, GREEN, BLUE]),
        ({"mean_values": "", "reverse_input_channels": "False"}, None, NORMALISED),
        ({}, ReidInput.BGR, [BLUE, GREEN, RED]),
        # What the configuration says wins.
        (CONVERTED | {"reverse_input_channels": "True"}, ReidInput.IMAGENET, NORMALISED),
    ],
)
def test_a_model_gets_the_colours_that_its_file_or_the_configuration_asks_for(
    tmp_path: Path, converted: dict[str, str], takes: ReidInput | None, shown: list[float]
) -> None:
    model = load(save_openvino_reid(tmp_path / "model", converted=converted), takes)
    image = np.full((64, 32, 3), (BLUE, GREEN, RED), np.uint8)
    (descriptor,) = own_part(model.describe(image, np.array([[0, 0, 32, 64.0]])))
    np.testing.assert_allclose(descriptor, unit(np.array(shown, np.float64)), atol=1e-5)


def test_descriptors_by_a_network_differ_about_as_much_as_those_by_colours(model: Path) -> None:
    """Networks spread people over the whole sphere; what is known of likeness was measured on colours."""
    image = np.zeros((64, 96, 3), np.uint8)
    image[:, :48], image[:, 48:] = (255, 0, 0), (0, 0, 255)
    one, other = load(model).describe(image, np.array([[0, 0, 32, 64.0], [64, 0, 96, 64]]))
    apart = ((own_part(one) - own_part(other)) ** 2).sum()
    assert np.linalg.norm(one) == pytest.approx(1, abs=1e-5)
    assert ((one - other) ** 2).sum() == pytest.approx(0.6 / 1.4 * apart, rel=1e-4)


def test_colours_that_a_model_takes_are_a_setting(model: Path, tmp_path: Path) -> None:
    file = tmp_path / "heatcli.toml"
    file.write_text(f'[cameras.door]\nreid_weights = "{model}"\nreid_input = "bgr"\n')
    (job,) = plan([tmp_path / "door.mp4"], load_config(file), Options()).jobs
    assert load(model, job.settings.reid_input).kind != load(model).kind
    with Models() as models:
        settings = job.settings.model_copy(update={"detector": DetectorChoice.MOTION})
        said = json.loads(models.resolved(settings))
        unsaid = json.loads(models.resolved(settings.model_copy(update={"reid_input": None})))
    assert said.pop("reid_input") == "bgr"
    assert said == unsaid


def test_an_embedding_of_nothing_is_unknown(tmp_path: Path) -> None:
    model = save_onnx_reid(tmp_path / "a.onnx", author="Ultralytics")
    assert np.isnan(describe(model, np.zeros((64, 32, 3), np.uint8), np.array([[0, 0, 32, 64.0]]))).all()


@pytest.mark.parametrize("takes", [(-1, 3, 32, 16), (3, 3, 32, 16), (-1, -1, 32, 16)])
def test_it_does_not_matter_how_many_a_model_takes_at_a_time(
    model: Path, tmp_path: Path, crowd: tuple[NDArray[np.uint8], NDArray[np.float32]], takes: tuple[int, ...]
) -> None:
    image, boxes = crowd
    several = load(save_openvino_reid(tmp_path / "several", takes=takes))
    expected = describe(model, image, boxes)
    np.testing.assert_allclose(np.linalg.norm(expected, axis=1), 1, atol=1e-6)
    for count in (0, 1, 3, 7):
        found = own_part(several.describe(image, boxes[:count]))
        assert found.shape == (count, 3)
        np.testing.assert_allclose(found, expected[:count], atol=1e-6)


def test_people_are_cut_to_the_usual_size_where_the_model_does_not_say(tmp_path: Path) -> None:
    open_size = save_openvino_reid(tmp_path / "open", takes=(-1, 3, -1, -1))
    usual = save_openvino_reid(tmp_path / "usual", takes=(1, 3, 256, 128))
    image = np.random.default_rng(2).integers(0, 256, (90, 90, 3), dtype=np.uint8)
    boxes = np.array([[3, 5, 33, 80.5]])
    np.testing.assert_array_equal(describe(open_size, image, boxes), describe(usual, image, boxes))


def test_what_is_not_in_the_picture_is_unknown(model: Path) -> None:
    image = np.full((60, 80, 3), 200, np.uint8)
    boxes = np.array(
        [
            [10, 10, 20, 40],
            [-5.5, 10, 4.5, 40],  # less than half of it is in the picture
            [-4.5, 10, 5.5, 40],
            [90, 10, 99, 40],
            [70, 45, 90, 75],
            [79.9, 59.8, 80, 60],  # smaller than a pixel
        ]
    )
    known = ~np.isnan(describe(model, image, boxes))
    assert known.all(axis=1).tolist() == [True, False, True, False, False, True]
    assert known.any(axis=1).tolist() == known.all(axis=1).tolist()


def test_kinds_tell_models_apart(model: Path, tmp_path: Path) -> None:
    copied = Path(shutil.copytree(model, tmp_path / "elsewhere"))
    other = save_openvino_reid(tmp_path / "other", takes=(1, 3, 64, 32))
    assert load(model).kind == load(copied).kind != load(other).kind
    assert len(load(model).kind) == 8
    assert load(model).kind[:1] != choose_describer(AnalyzeSettings()).load().kind[:1]


def damaged(name: str, content: bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


def without_numbers(folder: Path) -> Path:
    model = save_openvino(folder / "model", np.zeros((1, 6), np.float32))
    (model / "small.bin").unlink()
    return model


def two_models(folder: Path) -> Path:
    model = save_openvino_reid(folder / "model")
    shutil.copy(model / "mean.xml", model / "more.xml")
    return model


def empty(folder: Path) -> Path:
    (folder / "model").mkdir()
    return folder / "model"


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda folder: folder / "gone.onnx", "no such model; --reid-weights takes a file or folder"),
        (lambda folder: save_openvino_reid(folder / "model") / "gone.xml", "no such model"),
        (damaged("model.pt", b"torch"), "export the model to ONNX"),
        (damaged("model.onnx", b"not a model"), "OpenVINO cannot load it .*; export the model again"),
        (without_numbers, "OpenVINO cannot load it .*; export the model again"),
        (empty, r"holds 0 models \(\*\.xml\); name a folder that has one"),
        (two_models, r"holds 2 models \(\*\.xml\); name a folder that has one"),
        (
            lambda folder: save_openvino(folder / "model", np.zeros((5, 6), np.float32)),
            r"is no re-identification model: it takes \[1,3,64,64\] and gives \[1,5,6\]",
        ),
        (lambda folder: save_openvino_reid(folder / "model", inputs=2), "no re-identification model"),
        (lambda folder: save_openvino_reid(folder / "model", gives="both"), "no re-identification model"),
        (lambda folder: save_openvino_reid(folder / "model", gives="picture"), "no re-identification model"),
        (
            lambda folder: save_openvino_reid(folder / "model", takes=(1, 1, 32, 16)),
            r"it takes \[1,1,32,16\]",
        ),
        (
            lambda folder: save_openvino_reid(folder / "model", takes=(1, 3, 4, 4, 4)),
            r"it takes \[1,3,4,4,4\]",
        ),
    ],
)
def test_what_is_no_such_model_is_refused_before_any_video_is_read(
    tmp_path: Path, walkers: Path, make: Callable[[Path], Path], reason: str
) -> None:
    model = make(tmp_path)
    with pytest.raises(WeightsError, match=f"{model}: .*{reason}" if model.suffix != ".xml" else reason):
        load(model)
    store = tmp_path / "store"
    command = ["analyze", walkers, "--detector", "motion", "--reid-weights", model]
    result = run(*command, "--store", store, "--quiet")
    # A model that is not there is wrong usage; one that turns out to be none costs the clips of its camera.
    assert result.exit_code in (1, 2)
    assert str(model) in result.stderr
    assert result.stderr.count("\n") == 1
    assert not list((store / "plates").glob("*"))


def test_without_the_runtime_it_is_said_what_to_install(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(WeightsError, match=rf"{model}: .*pip install openvino"):
        load(model)


def test_the_configuration_names_a_model_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "heatcli.toml"
    file.write_text('[cameras.door]\nreid_weights = "models/osnet.onnx"\n[cameras.yard]\n')
    config = load_config(file)
    clips = [tmp_path / "door.mp4", tmp_path / "yard.mp4"]
    door, yard = plan(clips, config, Options()).jobs
    assert door.settings.reid_weights == str(tmp_path / "models/osnet.onnx")
    assert yard.settings.reid_weights is None
    (said, _) = plan(clips, config, Options(reid_weights="mine.onnx")).jobs
    assert said.settings.reid_weights == "mine.onnx"


def test_a_clip_is_described_by_the_model_and_again_once_it_is_another(
    model: Path, walkers: Path, tmp_path: Path
) -> None:
    store = tmp_path / "store"

    def analyze(*more: object) -> str:
        command = ["analyze", walkers, "--detector", "motion", "--store", store, "--json", *more]
        return str(answer(run(*command))["clips"][0]["status"])

    def live(table: str) -> pl.DataFrame:
        clips = pl.read_delta(str(store / "clips"))
        return pl.read_delta(str(store / table)).join(clips, on=["camera", "clip", "run"], how="semi")

    other = save_openvino_reid(tmp_path / "other", takes=(1, 3, 64, 32))
    assert analyze("--reid-weights", model) == "analysed"
    settings = json.loads(live("clips")["settings"][0])
    assert settings["reid_weights_sha256"][:14] == load(model).kind[1:].hex()

    trajectories = live("trajectories").sort("first_x")
    assert [value[:8] for value in trajectories["descriptor"]] == 2 * [load(model).kind]
    half_embeddings = from_bytes(trajectories["descriptor"].to_list())
    assert half_embeddings.shape == (2, 2, 4)
    # R G B of whoever comes from the left, in red, and of whoever comes from the right, in blue.
    assert (half_embeddings[0, :, 0] > half_embeddings[0, :, 2]).all()
    assert (half_embeddings[1, :, 0] < half_embeddings[1, :, 2]).all()

    renamed = Path(shutil.copytree(model, tmp_path / "renamed"))
    assert analyze("--reid-weights", renamed) == "skipped"
    assert analyze("--reid-weights", other) == "analysed"
    assert [value[:8] for value in live("trajectories")["descriptor"]] == 2 * [load(other).kind]
    assert analyze() == "analysed"
    assert "reid" not in live("clips")["settings"][0]


def test_the_published_model_is_fetched_and_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By `auto`; the colours that it takes are known, and a file of its name is not needed."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    files = save_openvino_reid(tmp_path / "theirs")
    served = {f"served{file.suffix}": file for file in files.iterdir()}
    monkeypatch.setattr(weights, "REID_NAME", "served")
    monkeypatch.setattr(
        weights,
        "REID_SHA256",
        {name: hashlib.sha256(file.read_bytes()).hexdigest() for name, file in served.items()},
    )
    for name, file in served.items():
        file.rename(files / name)
    handler = partial(QuietHandler, directory=str(files))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setattr(weights, "REID_URL", f"http://127.0.0.1:{server.server_port}")
        try:
            fetched = load(Path(AUTO_REID))
        finally:
            server.shutdown()
            thread.join()
    assert fetched.kind == load(files, ReidInput.BGR).kind
    # The server is gone: it comes from the cache, and is looked at again.
    assert load(Path(AUTO_REID)).kind == fetched.kind
    (tmp_path / "heatcli" / "served" / "served.bin").write_bytes(b"something else")
    with pytest.raises(WeightsError, match=r"is not the published served\.bin .*--reid-weights if it"):
        load(Path(AUTO_REID))


def test_a_published_model_that_cannot_be_fetched_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(weights, "REID_URL", "http://127.0.0.1:9")
    (tmp_path / "heatcli.toml").write_text('[cameras.door]\nreid_weights = "auto"\n')
    (job,) = plan([tmp_path / "door.mp4"], load_config(tmp_path / "heatcli.toml"), Options()).jobs
    assert list(config_faults(load_config(tmp_path / "heatcli.toml"), [])) == []
    with pytest.raises(WeightsError) as caught:
        choose_describer(job.settings)
    message = str(caught.value)
    assert message.startswith(f"{weights.REID_NAME}.xml is not in {tmp_path / 'heatcli' / weights.REID_NAME}")
    assert message.endswith("put it there, or name a model with --reid-weights")
    assert "\n" not in message


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves a folder, and says nothing."""

    def log_message(self, format: str, *args: object) -> None:
        pass
