"""Detection models in any format that ultralytics loads, run by it."""

import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from heatcli.detect.base import Detections, DetectorIdentity
from heatcli.detect.model import (
    CONFIDENCE_FLOOR,
    MAX_DETECTIONS,
    NMS_IOU,
    check_task,
    make_detections,
    wanted_classes,
)
from heatcli.detect.weights import Weights, quiet_ultralytics
from heatcli.errors import UsageError, WeightsError
from heatcli.video.frame import Frame
from heatcli.video.threads import thread_limit

# Frames per batch: a GPU is idle without many, a processor gains nothing from more than a few.
_BATCH_CUDA = 16
_BATCH_CPU = 4


class YoloDetector:
    """Runs a model through `YOLO.predict`: `.pt`, ONNX, TensorRT and the others.

    Loading a `.pt` file runs code that is in it, so it must come from somewhere trusted.
    """

    # A trained model learns nothing from a clip.
    reads_ahead = False

    def __init__(
        self, *, weights: Weights, objects: tuple[str, ...], confidence: float, device: str | None
    ) -> None:
        """Load a model and run it once.

        Args:
            weights: file or folder of the model.
            objects: names of the classes to report; empty for all that the model knows.
            confidence: least confidence that begins a tracklet; replaces `CONFIDENCE_FLOOR` if it is lower.
            device: torch's name of the device: `cpu`, `0`, `cuda:1`; None for a GPU if there is one.

        Raises:
            WeightsError: the model is not usable, or does not know a class.
            UsageError: the device does not exist.
        """
        name = weights.path.name
        torch_device = torch_device_of(device)
        self._options: dict[str, Any] = {
            "conf": min(CONFIDENCE_FLOOR, confidence),
            "iou": NMS_IOU,
            "max_det": MAX_DETECTIONS,
            "device": torch_device,
            "verbose": False,
        }
        on_cuda = torch_device.startswith("cuda")
        if on_cuda:
            self._options["half"] = True
        self.batch_size = _BATCH_CUDA if on_cuda else _BATCH_CPU
        self._model = load_model(weights, **self._options)
        check_task(str(self._model.task), model=name)
        self.classes, self._columns = wanted_classes(dict(self._model.names), objects, model=name)
        self._options["classes"] = list(self._columns)
        self.identity = DetectorIdentity("yolo", name, weights.sha256)

    def learn(self, frames: Iterable[Frame], *, width: int, height: int) -> None:
        """Start a new clip. Nothing is kept from one to the next."""

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        """Find the objects in each frame."""
        if not frames:
            return []
        results = self._model.predict([frame.image for frame in frames], **self._options)
        return [self._detections(found, frame) for found, frame in zip(results, frames, strict=True)]

    def close(self) -> None:
        """Release the device's memory."""
        self._model = None

    def _detections(self, found: Any, frame: Frame) -> Detections:
        height, width = frame.image.shape[:2]
        boxes = found.boxes.cpu().numpy()
        return make_detections(
            boxes.xyxy.astype(np.float32),
            boxes.conf.astype(np.float32),
            np.array([self._columns[int(number)] for number in boxes.cls], dtype=np.int32),
            width=width,
            height=height,
        )


def load_model(weights: Weights, **options: Any) -> Any:
    """Load a model with ultralytics and run it once, since many mistakes show only then.

    Args:
        weights: file or folder of the model.
        options: keyword arguments of ultralytics' `predict`.

    Raises:
        WeightsError: ultralytics cannot load the model.
    """
    quiet_ultralytics()
    from ultralytics.models import YOLO

    try:
        model: Any = YOLO(str(weights.path))
        model.predict([np.zeros((64, 64, 3), dtype=np.uint8)], **options)
        # Only now: with its first frame ultralytics sets as many as the machine has.
        if (limit := thread_limit()) is not None:
            import torch

            torch.set_num_threads(limit)
    except Exception as error:  # the error of a damaged file or a missing runtime depends on the format
        reason = textwrap.shorten(str(error) or type(error).__name__, 200)
        raise WeightsError(f"{weights.path}: ultralytics cannot load it ({reason})") from error
    return model


def torch_device_of(device: str | None) -> str:
    """Return torch's full name of a device.

    Args:
        device: name of the device: `cpu`, `0`, `cuda:1`; None for a GPU if there is one.

    Raises:
        UsageError: the device does not exist.
    """
    quiet_ultralytics()
    from ultralytics.utils.torch_utils import select_device

    try:
        return str(select_device(device or "", verbose=False))  # type: ignore[no-untyped-call]  # it has no types
    except (ValueError, RuntimeError, AssertionError) as error:
        raise UsageError(f"--device {device}: torch knows no such device on this machine") from error
