"""Fixtures that every test may use."""

import os

# With `-n` each core has a process: threads of OpenBLAS, which spin while they wait, slow all of them down.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser

from heatcli.store.store import Store
from tests.support.browser import chromium
from tests.support.make_clips import aged, write_clip
from tests.support.page_tab import Sample, make_sample
from tests.support.truth import put_truth

# A shared machine may be slow for a moment; what is tested is never the speed.
hypothesis.settings.register_profile("heatcli", deadline=None)
hypothesis.settings.load_profile("heatcli")


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of real footage with ground truth and real weights, if this machine has it."""
    folder = os.environ.get("HEATCLI_TEST_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("HEATCLI_TEST_DATA names no folder of real footage")
    return Path(folder).resolve()


@pytest.fixture(scope="session")
def weights(test_data: Path) -> Path:
    """Real YOLO weights, if this machine has them."""
    return test_data / "yolo11n_int8_openvino_model"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the test's own, in which it runs: the store, and the log of a bug, are there by default."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HEATCLI_STORE", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path


@pytest.fixture(scope="session")
def truth_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The sample's truth; for reading only."""
    store = Store.create_or_open(tmp_path_factory.mktemp("truth") / "store")
    put_truth(store)
    return store


@pytest.fixture(scope="session")
def walkers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten seconds of two people who walk through a small scene, as background subtraction sees them."""
    rng = np.random.default_rng(1)
    scene = rng.integers(90, 110, (180, 240, 3), dtype=np.uint8)

    def frames() -> Iterator[NDArray[np.uint8]]:
        for number in range(100):
            image = scene.astype(np.int16) + rng.integers(-3, 4, scene.shape, dtype=np.int16)
            for left, top, colour in (
                (2 * number, 60, (30, 30, 200)),
                (225 - 2 * number, 110, (200, 40, 30)),
            ):
                # Coming in and going out: the scene is empty at both ends of the clip.
                if 10 <= number < 90:
                    image[top : top + 50, max(left, 0) : left + 16] = colour
            yield np.clip(image, 0, 255).astype(np.uint8)

    clip = write_clip(tmp_path_factory.mktemp("walkers") / "walkers.mp4", frames(), fps=10)
    return aged(clip)


@pytest.fixture(scope="session")
def empty_scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five seconds in which nobody comes."""
    rng = np.random.default_rng(2)
    scene = rng.integers(90, 110, (180, 240, 3), dtype=np.uint8)
    frames = (scene + rng.integers(0, 4, scene.shape, dtype=np.uint8) for _ in range(50))
    return aged(write_clip(tmp_path_factory.mktemp("empty") / "empty.mp4", frames, fps=10))


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The sample's store, and its page."""
    return make_sample(tmp_path_factory.mktemp("sample"))


# Not of the whole session: two of Playwright cannot run at once, and some modules start their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser without a network."""
    with chromium() as started:
        yield started
