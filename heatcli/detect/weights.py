"""Find a model, and verify the hash of a published one before anything loads it."""

import hashlib
import os
import tempfile
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from importlib.util import find_spec
from pathlib import Path

from heatcli.errors import WeightsError
from heatcli.files import cache_folder

# The default model, of release v8.4.0 of ultralytics' assets. Its hash is checked before anything loads it,
# since loading a .pt file runs code that is in it.
DEFAULT_NAME = "yolo26n.pt"
DEFAULT_URL = f"https://github.com/ultralytics/assets/releases/download/v8.4.0/{DEFAULT_NAME}"
DEFAULT_SHA256 = "9b09cc8bf347f0fc8a5f7657480587f25db09b34bf33b0652110fb03a8ad4fef"

# The re-identification model of `--reid-weights auto`: addresses and hashes are those that its makers list in
# models/intel/person-reidentification-retail-0288/model.yml of the Open Model Zoo, release 2021.4.
REID_NAME = "person-reidentification-retail-0288"
REID_URL = (
    f"https://storage.openvinotoolkit.org/repositories/open_model_zoo/2021.4/models_bin/3/{REID_NAME}/FP16"
)
REID_SHA256 = {
    f"{REID_NAME}.xml": "8808a213b83fcac3adca378c74e916058a59d5ea2e89f987afb5d01d08506aea",
    f"{REID_NAME}.bin": "76df9fe3e18c90bb282677cc0b051165f4f76ebbe0908ef2b1e41a5572901dd9",
}

# Seconds that a published model's server may take to answer, name resolution and redirects included.
_ANSWER_TIMEOUT_S = 10.0

# Files that could not be fetched, by their address, and why: to ask again for each camera takes 10 s each.
_faults: dict[tuple[Path, str], str] = {}

ENVIRONMENT_VARIABLE = "HEATCLI_WEIGHTS"


@dataclass(frozen=True, slots=True)
class _Published:
    """A file that its makers have published.

    Attributes:
        url: address of the file.
        sha256: SHA-256 of its bytes.
        option: how users name a model of their own instead.
    """

    url: str
    sha256: str
    option: str


@dataclass(frozen=True, slots=True)
class Weights:
    """A model on this machine.

    Attributes:
        path: file or folder of the model.
        sha256: SHA-256 of the file's bytes; for a folder, of the names and hashes of the files in it.
    """

    path: Path
    sha256: str


def quiet_ultralytics() -> None:
    """Make ultralytics silent and offline; must be called before every import of it.

    Otherwise it would install packages, print banners, look for updates, send statistics and write its
    settings into the user's home. It reads these variables once, when it is imported. `YOLO_OFFLINE` does not
    keep it from downloading a file when told to, only from trying again for minutes.

    Raises:
        WeightsError: it is not installed; the README has an install without it.
    """
    if find_spec("ultralytics") is None:
        raise WeightsError(
            "ultralytics is not installed; install it, or name the folder of an OpenVINO model with --weights"
        )
    os.environ["YOLO_AUTOINSTALL"] = "false"
    os.environ["YOLO_VERBOSE"] = "false"
    os.environ["YOLO_OFFLINE"] = "true"
    os.environ["YOLO_CONFIG_DIR"] = str(cache_folder())


def named_model(option: str | None) -> str | None:
    """Return the model that the user names by an option, or else by the environment; None without either."""
    return option or os.environ.get(ENVIRONMENT_VARIABLE) or None


def find_weights(name: str | None) -> Weights:
    """Find a detection model.

    Args:
        name: file or folder of the model; None for the default model, which is in the user's cache folder or
            is fetched into it.

    Raises:
        WeightsError: the model is missing and cannot be fetched, cannot be read, or is not the published one.
    """
    if name is None:
        path = cache_folder() / DEFAULT_NAME
        option = f"--weights or {ENVIRONMENT_VARIABLE}"
        return Weights(path, _verified(path, _Published(DEFAULT_URL, DEFAULT_SHA256, option)))
    return weights_at(name, hint=f"--weights and {ENVIRONMENT_VARIABLE} take a file or folder")


def published_reid_weights() -> Weights:
    """Find the published re-identification model, in the user's cache folder, or fetch it into that.

    Raises:
        WeightsError: the model is missing and cannot be fetched, cannot be read, or is not the published one.
    """
    folder = cache_folder() / REID_NAME
    for name, sha256 in REID_SHA256.items():
        _verified(folder / name, _Published(f"{REID_URL}/{name}", sha256, "--reid-weights"))
    return Weights(folder, _hash_of(folder))


def weights_at(name: str, *, hint: str) -> Weights:
    """Find a model that the user names.

    Args:
        name: file or folder of the model.
        hint: advice for the message where there is no such model.

    Raises:
        WeightsError: the model does not exist, or cannot be read.
    """
    path = Path(name).expanduser()
    if not path.exists():
        raise WeightsError(f"{path}: no such model; {hint}")
    if path.suffix == ".xml":  # an OpenVINO model is its folder: the numbers are in a file beside this one
        path = path.parent
    return Weights(path, _hash_of(path))


def _verified(path: Path, file: _Published) -> str:
    """Return the hash of a published file, once it is sure that it is that; it is fetched if it is not there.

    Raises:
        WeightsError: it cannot be fetched or read, or is something else.
    """
    if not path.exists():
        _fetch(path, file)
    found = _hash_of(path)
    if found != file.sha256:
        raise WeightsError(
            f"{path} is not the published {path.name} (its SHA-256 begins with {found[:12]}); "
            f"delete it to have it fetched again, or name it with {file.option} if it is yours"
        )
    return found


def _fetch(path: Path, file: _Published) -> None:
    """Download a file to `path`, where it appears whole and checked, or not at all.

    Raises:
        WeightsError: it cannot be fetched, now or earlier in this process.
    """
    if (path, file.url) in _faults:
        raise WeightsError(_faults[path, file.url])
    try:
        _download(path, file)
    except WeightsError as error:
        _faults[path, file.url] = str(error)
        raise


def _download(path: Path, file: _Published) -> None:
    if problem := _why_unreachable(file.url):
        raise WeightsError(_not_fetched(path, file, problem))
    quiet_ultralytics()
    from ultralytics.utils.downloads import safe_download

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".fetch-") as folder:
            fetched = Path(folder) / path.name
            safe_download(file.url, file=fetched.name, dir=folder, unzip=False, retry=0, progress=False)
            found = _hash_of(fetched)
            if found != file.sha256:
                problem = f"what came is something else, its SHA-256 begins with {found[:12]}"
                raise WeightsError(_not_fetched(path, file, problem))
            fetched.replace(path)
    # A full disk is a MemoryError to ultralytics (https://github.com/ultralytics/ultralytics/pull/21850).
    except (OSError, MemoryError) as error:
        raise WeightsError(_not_fetched(path, file, _one_line(error))) from error


def _not_fetched(path: Path, file: _Published, problem: str) -> str:
    return (
        f"{path.name} is not in {path.parent} and could not be fetched ({problem}); "
        f"put it there, or name a model with {file.option}"
    )


def _why_unreachable(url: str) -> str | None:
    """Return why `url` does not answer a HEAD request in time, proxies as configured; None if it does.

    The request runs in a thread that is left behind if need be, since name resolution has no timeout.
    """
    problem: list[str | None] = []

    def ask() -> None:
        request = urllib.request.Request(url, method="HEAD")
        try:
            with urllib.request.urlopen(request, timeout=_ANSWER_TIMEOUT_S):
                problem.append(None)
        except urllib.error.HTTPError:
            problem.append(
                None
            )  # it answered; what it thinks of the download is for the download to find out
        except (OSError, HTTPException) as error:
            problem.append(_one_line(error))

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(_ANSWER_TIMEOUT_S)
    return problem[0] if problem else f"no answer within {_ANSWER_TIMEOUT_S:g} s"


def _hash_of(path: Path) -> str:
    """Return the SHA-256 of a file, or of the sorted names and hashes of the files in a folder."""
    try:
        if not path.is_dir():
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        total = hashlib.sha256()
        for file_path in sorted(inner for inner in path.rglob("*") if inner.is_file()):
            total.update(f"{file_path.relative_to(path).as_posix()}\0{_hash_of(file_path)}\n".encode())
        return total.hexdigest()
    except OSError as error:
        raise WeightsError(f"{path}: cannot be read ({error.strerror})") from error


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())
