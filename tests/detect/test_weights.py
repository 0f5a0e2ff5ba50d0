"""Finding, fetching and checking a model, and choosing a detector by what is found."""

import hashlib
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from heatcli.config.settings import AnalyzeSettings, YoloSettings
from heatcli.detect import weights
from heatcli.detect.base import DetectorIdentity
from heatcli.detect.registry import ChosenDetector, choose_detector
from heatcli.detect.weights import find_weights
from heatcli.errors import UsageError, WeightsError
from heatcli.names import DetectorChoice

MODEL = b"a model" * 1000


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder, and nothing to fetch from: port 9 (discard) of this machine answers nobody."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("HEATCLI_WEIGHTS", raising=False)
    monkeypatch.setattr(weights, "DEFAULT_URL", "http://127.0.0.1:9/yolo26n.pt")
    return tmp_path / "cache" / "heatcli"


@contextmanager
def serving(body: bytes, *, silent: bool = False) -> Iterator[str]:
    """Serve `body` under every address; if `silent`, accept requests and never answer."""
    end = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            if silent:
                end.wait()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()

        def do_GET(self) -> None:
            self.do_HEAD()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/yolo26n.pt"
        finally:
            end.set()
            server.shutdown()
            thread.join()


def choose(
    choice: DetectorChoice, *, named: str | None = None, objects: tuple[str, ...] = ("person",)
) -> ChosenDetector:
    return choose_detector(
        AnalyzeSettings(detector=choice, yolo=YoloSettings(weights=named), objects_to_track=objects)
    )


def test_a_named_file_is_used_with_its_hash(tmp_path: Path) -> None:
    path = tmp_path / "shop.pt"
    path.write_bytes(MODEL)
    found = choose(DetectorChoice.YOLO, named=str(path))
    assert found.identity == DetectorIdentity("yolo", "shop.pt", hashlib.sha256(MODEL).hexdigest())
    assert found.fallback is None


def test_the_option_goes_before_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("option.pt", "environment.pt"):
        (tmp_path / name).write_bytes(MODEL)
    monkeypatch.setenv("HEATCLI_WEIGHTS", str(tmp_path / "environment.pt"))
    assert choose(DetectorChoice.AUTO).identity.weights == "environment.pt"
    assert choose(DetectorChoice.AUTO, named=str(tmp_path / "option.pt")).identity.weights == "option.pt"


def test_a_folder_is_known_by_all_its_files(tmp_path: Path) -> None:
    folder = tmp_path / "x_openvino_model"
    folder.mkdir()
    (folder / "x.xml").write_bytes(b"net")
    (folder / "x.bin").write_bytes(b"12")
    first = find_weights(str(folder))
    assert find_weights(str(folder / "x.xml")) == first
    (folder / "x.bin").write_bytes(b"13")
    second = find_weights(str(folder))
    (folder / "x.bin").rename(folder / "y.bin")
    assert len({first.sha256, second.sha256, find_weights(str(folder)).sha256}) == 3


def test_a_copied_folder_has_the_same_hash(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.xml").write_bytes(b"net")
    assert find_weights(str(tmp_path / "a")).sha256 == find_weights(str(tmp_path / "b")).sha256


@pytest.mark.parametrize("choice", [DetectorChoice.AUTO, DetectorChoice.YOLO])
@pytest.mark.parametrize("by", ["option", "environment"])
def test_a_named_model_that_is_missing_is_an_error(
    choice: DetectorChoice, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if by == "environment":
        monkeypatch.setenv("HEATCLI_WEIGHTS", "/nowhere/shop.pt")
    with pytest.raises(WeightsError, match=r"/nowhere/shop\.pt: no such model"):
        choose(choice, named="/nowhere/shop.pt" if by == "option" else None)


def test_the_default_model_is_fetched_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "DEFAULT_SHA256", hashlib.sha256(MODEL).hexdigest())
    with serving(MODEL) as url:
        monkeypatch.setattr(weights, "DEFAULT_URL", url)
        first = choose(DetectorChoice.AUTO)
    assert first.identity.detector == "yolo"
    assert (cache / "yolo26n.pt").read_bytes() == MODEL
    assert (
        choose(DetectorChoice.AUTO).identity == first.identity
    )  # the server is gone: it comes from the cache


def test_something_else_that_was_fetched_is_thrown_away(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(b"<html>please log in to this hotel's network</html>") as url:
        monkeypatch.setattr(weights, "DEFAULT_URL", url)
        with pytest.raises(WeightsError, match=r"what came is something else.*put it there, or name a model"):
            choose(DetectorChoice.YOLO)
    assert not list(cache.rglob("*.pt*"))


def test_a_cached_file_that_is_something_else_is_not_loaded(cache: Path) -> None:
    cache.mkdir(parents=True)
    (cache / "yolo26n.pt").write_bytes(MODEL)
    with pytest.raises(WeightsError, match=r"is not the published yolo26n\.pt.*delete it"):
        choose(DetectorChoice.YOLO)
    assert (cache / "yolo26n.pt").read_bytes() == MODEL  # it may be the user's own


def test_without_a_network_auto_falls_back_and_says_so() -> None:
    chosen = choose(DetectorChoice.AUTO)
    assert chosen.identity == DetectorIdentity("motion", None, None)
    assert chosen.fallback is not None
    assert "could not be fetched" in chosen.fallback
    assert "HEATCLI_WEIGHTS" in chosen.fallback
    assert "\n" not in chosen.fallback
    with pytest.raises(WeightsError, match="could not be fetched"):
        choose(DetectorChoice.YOLO)


def test_a_server_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "_ANSWER_TIMEOUT_S", 0.2)
    with serving(MODEL, silent=True) as url:
        monkeypatch.setattr(weights, "DEFAULT_URL", url)
        with pytest.raises(WeightsError, match="could not be fetched"):
            choose(DetectorChoice.YOLO)


def test_motion_is_for_people_only() -> None:
    assert choose(DetectorChoice.MOTION).identity.detector == "motion"
    assert choose(DetectorChoice.MOTION, objects=()).identity.detector == "motion"
    with pytest.raises(UsageError, match="to track car, use yolo"):
        choose(DetectorChoice.MOTION, objects=("car",))
    with pytest.raises(WeightsError, match="could not be fetched"):
        choose(DetectorChoice.AUTO, objects=("person", "car"))


def test_an_install_without_pytorch_says_what_is_missing(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the default model could be fetched as well as where one is named."""
    monkeypatch.setitem(sys.modules, "ultralytics", None)
    with serving(MODEL) as url:
        monkeypatch.setattr(weights, "DEFAULT_URL", url)
        chosen = choose_detector(AnalyzeSettings())
        assert chosen.identity.detector == "motion"
        assert "ultralytics is not installed" in (chosen.fallback or "")
    (tmp_path / "own.pt").write_bytes(MODEL)
    chosen = choose_detector(AnalyzeSettings(yolo=YoloSettings(weights=str(tmp_path / "own.pt"))))
    detector = chosen.load(print)
    with pytest.raises(WeightsError, match="install it, or name the folder of an OpenVINO model"):
        detector.learn([], width=64, height=64)
