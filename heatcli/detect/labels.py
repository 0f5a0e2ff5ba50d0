"""Classification models that ultralytics loads: labels for objects in boxes, such as `uniform` or `taxi`."""

import re

import numpy as np
from numpy.typing import NDArray

from heatcli.detect.weights import Weights
from heatcli.detect.yolo import load_model, torch_device_of
from heatcli.errors import WeightsError


class LabelModel:
    """Computes the probability of each label of a model.

    Attributes:
        names: labels of the model, as `label_name` writes them.
        least: least probability of a label that is reported: more than a half, so a trajectory has one at
            most.
    """

    least = 0.5

    def __init__(self, *, weights: Weights, device: str | None) -> None:
        """Load a model and run it once.

        Args:
            weights: file or folder of the model.
            device: torch's name of the device: `cpu`, `0`, `cuda:1`; None for a GPU if there is one.

        Raises:
            WeightsError: the model cannot be loaded, or is no model for classification.
            UsageError: the device does not exist.
        """
        self._options = {"device": torch_device_of(device), "verbose": False}
        self._model = load_model(weights, **self._options)
        if self._model.task != "classify":
            raise WeightsError(
                f"{weights.path}: is a model for {self._model.task}; --attributes takes one for classify"
            )
        self.names = tuple(label_name(label) for _, label in sorted(self._model.names.items()))

    def classify(
        self, image: NDArray[np.uint8], boxes: NDArray[np.floating], persons: NDArray[np.bool_]
    ) -> NDArray[np.float32]:
        """Return label probabilities (n, labels) for boxes (n, 4), x1 y1 x2 y2 in pixels, of a BGR image."""
        height, width = image.shape[:2]
        begin = np.floor(boxes[:, :2]).astype(int).clip(0, [width - 1, height - 1])
        end = np.ceil(boxes[:, 2:]).astype(int)
        crops = [image[y1:y2, x1:x2] for (x1, y1), (x2, y2) in zip(begin, end, strict=True)]
        found = self._model.predict(crops, **self._options)
        return np.stack([one.probs.data.cpu().numpy() for one in found]).astype(np.float32)

    def close(self) -> None:
        """Release the device's memory."""
        self._model = None


def label_name(label: str) -> str:
    """Write a label as one word that can stand in a list: lower case, with `-` for spaces and commas."""
    return re.sub(r"[\s,]+", "-", label.strip().lower())
