"""Export a model to OpenVINO's format, once for each shape of footage: on a processor it runs far faster."""

import importlib.util
import math
import os
import shutil
import sys
import tempfile
import textwrap
import warnings
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path

from heatcli.detect.weights import Weights, quiet_ultralytics
from heatcli.files import cache_folder
from heatcli.store.locks import locked

# Sides of a network's input are multiples of this: the coarsest cells of YOLO are so large.
_STRIDE = 32
# Exports that could not be made: they are not tried again for each clip and camera.
_failed: set[Path] = set()


def runs_on_processor(device: str | None) -> bool:
    """Return whether a model would run on the processor; asks torch only where there may be a GPU."""
    if device is not None:
        return device.lower() == "cpu"
    if sys.platform == "linux" and not any(Path("/dev").glob("nvidia[0-9]*")):
        return True
    import torch

    return not torch.cuda.is_available()


def exported(weights: Weights, *, width: int, height: int, say: Callable[[str], None]) -> Weights:
    """Return an export of a `.pt` model whose input has the shape of the footage.

    It is made once and kept in the user's cache folder, under the model's hash. Where it cannot be made,
    which is said and not tried again by this process, the model itself is returned.

    Args:
        weights: model, a `.pt` file.
        width: width of a frame in pixels.
        height: height of a frame in pixels.
        say: receiver of one line of text before the export, and of one if it fails.
    """
    if importlib.util.find_spec("openvino") is None:
        return weights
    common = math.gcd(width, height)
    name = f"{weights.path.stem}_{width // common}x{height // common}_openvino_model"
    folder = cache_folder() / "openvino" / weights.sha256[:16] / name
    if folder in _failed:
        return weights
    if not folder.exists():
        say(f"exporting {weights.path.name} to OpenVINO for frames like {width}x{height}, once: {folder}")
        try:
            _export(weights.path, folder, width=width, height=height)
        except Exception as error:  # a full disk, no rights, layers that OpenVINO does not know
            reason = textwrap.shorten(str(error) or type(error).__name__, 200)
            say(f"{weights.path}: cannot be exported to OpenVINO ({reason}); torch runs it, more slowly")
            _failed.add(folder)
            return weights
    return replace(weights, path=folder)


def _export(model: Path, folder: Path, *, width: int, height: int) -> None:
    """Export a model to a folder, which appears whole or not at all."""
    quiet_ultralytics()
    from ultralytics.models import YOLO

    folder.parent.mkdir(parents=True, exist_ok=True)
    with (
        locked(folder.parent),  # processes that share clips come together
        tempfile.TemporaryDirectory(dir=folder.parent, prefix=".export-") as beside,
    ):
        if folder.exists():
            return  # another process was quicker
        copy = Path(beside) / model.name  # ultralytics writes the export beside the model
        shutil.copyfile(model, copy)
        # What takes part prints to stdout, where only answers belong, and warns of what it does itself.
        with (
            open(os.devnull, "w") as nowhere,
            redirect_stdout(nowhere),
            warnings.catch_warnings(action="ignore"),
        ):
            yolo = YOLO(str(copy))
            longer = int(yolo.overrides.get("imgsz", 640))
            sides = [_network_side(side, longer / max(width, height)) for side in (height, width)]
            Path(yolo.export(format="openvino", imgsz=sides, device="cpu")).rename(folder)


def _network_side(side: int, scale: float) -> int:
    """Return the side of a network's input for a side of a frame in pixels."""
    return max(_STRIDE, math.ceil(round(side * scale, 3) / _STRIDE) * _STRIDE)
