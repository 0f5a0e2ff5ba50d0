"""Descriptors of appearance from a re-identification model: a network that was trained to tell people apart.

Each box is cut out and stretched to the size of the network's input. Most such networks expect colours
normalised by the mean and standard deviation of ImageNet; those that ultralytics exports to ONNX expect them
from 0 to 1. Models that OpenVINO's model optimizer has converted may do that themselves, and say so.

The network's output, scaled to unit length, gets a common part, the same for everybody, and so do two people
differ by as much as their colours do (`_COMMON`).
"""

import math
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.detect.openvino_runtime import import_openvino, last_line, new_core, processor_settings
from heatcli.detect.weights import Weights
from heatcli.errors import WeightsError
from heatcli.names import ReidInput
from heatcli.track.appearance.appearance import Descriptors, unit

# Mean and standard deviation of the pixels of ImageNet, R G B of 0..255, as torchvision has them.
_MEAN = (123.675, 116.28, 103.53)
_DEVIATION = (58.395, 57.12, 57.375)
# Share of the squared length of a descriptor that is common to all people. Embeddings of two people differ by
# a squared distance of 1.0 (OSNet) to 1.8 (retail-0288 of the Open Model Zoo), 1.4 or so; descriptors by
# `Colours`, on which the general figures of `AppearanceModel` were measured, by 0.6.
_COMMON = 1 - 0.6 / 1.4
# First byte of the kind, by the colours that the configuration names.
_KINDS = {None: b"\x03", ReidInput.IMAGENET: b"\x04", ReidInput.BGR: b"\x05"}
# Input shape for the dimensions that a model leaves open. One picture, since quantised models with open
# shapes crash on some processors (https://github.com/openvinotoolkit/openvino/issues/37577); and the usual
# size of pictures of people in the field, as in Market-1501 (Zheng et al., 2015).
_ONE_PERSON = (1, 3, 256, 128)


class ReidModel:
    """Describes people by the embeddings of an ONNX or OpenVINO model, as the module describes."""

    def __init__(self, weights: Weights, takes: ReidInput | None) -> None:
        """Load a model.

        Args:
            weights: ONNX file, or folder with one model in OpenVINO's format.
            takes: colours that the model takes; None for what its file says.

        Raises:
            WeightsError: the model is not usable or does not turn pictures into embeddings, or OpenVINO is
                not installed.
        """
        openvino = import_openvino(weights.path)
        compiled = _compile(openvino, weights, takes)
        self._input: tuple[int, int, int, int] = tuple(compiled.input().shape)
        self._size = int(compiled.output().shape[1])
        self._queue = openvino.AsyncInferQueue(compiled)
        self._queue.set_callback(_keep)
        # The first byte stands for this way to cut pictures and to scale embeddings, and for the colours.
        self.kind = _KINDS[takes] + bytes.fromhex(weights.sha256)[:7]

    def describe(self, image: NDArray[np.uint8], boxes: NDArray[np.floating]) -> Descriptors:
        """Describe what is in boxes.

        Args:
            image: (height, width, 3) uint8 BGR image of the frame.
            boxes: (n, 4) boxes x1 y1 x2 y2 in pixels, finite.

        Returns:
            (n, D) float32 unit vectors, D being the size of the model's embeddings and one more for the
            common part; NaN where less than half of a box is in the image.
        """
        height, width = image.shape[:2]
        corners = np.asarray(boxes, np.float64).reshape(-1, 4)
        inside = corners.clip(0, (width, height, width, height))
        seen = np.flatnonzero(2 * _area(inside) >= _area(corners))
        batch, down, across, _ = self._input
        people = np.zeros((-(-len(seen) // batch), *self._input), np.uint8)
        embeddings = np.zeros((len(people), batch, self._size), np.float32)
        first = np.floor(inside[seen, :2]).astype(int)
        last = np.ceil(inside[seen, 2:]).astype(int)
        # The last pictures of the last batch may stay black.
        for person, (x1, y1), (x2, y2) in zip(people.reshape(-1, down, across, 3), first, last, strict=False):
            cv2.resize(image[y1:y2, x1:x2], (across, down), dst=person)
        for several, rows in zip(people, embeddings, strict=True):
            self._queue.start_async({0: several}, rows)
        self._queue.wait_all()
        descriptors = np.full((len(corners), self._size + 1), np.nan, np.float32)
        own = unit(embeddings.reshape(-1, self._size)[: len(seen)])
        descriptors[seen, :-1] = math.sqrt(1 - _COMMON) * own
        descriptors[seen, -1] = np.where(np.isnan(own[:, 0]), np.nan, math.sqrt(_COMMON))
        return descriptors


def _area(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the areas of boxes (n, 4), (n,)."""
    areas: NDArray[np.float64] = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    return areas


def _keep(request: Any, rows: NDArray[np.float32]) -> None:
    """Copy a result of the runtime, (batch, D), before the next one overwrites it."""
    rows[:] = request.get_output_tensor(0).data


def _compile(openvino: Any, weights: Weights, takes: ReidInput | None) -> Any:
    """Compile a model: input 8-bit BGR (batch, height, width, 3), output float32 embeddings (batch, D)."""
    core = new_core(openvino)
    try:
        model = core.read_model(_file_of(weights))
        _fix_shape(model, weights)
        steps = openvino.preprocess.PrePostProcessor(model)
        steps.input().tensor().set_element_type(openvino.Type.u8).set_layout(
            openvino.Layout("NHWC")
        ).set_color_format(openvino.preprocess.ColorFormat.BGR)
        steps.input().model().set_layout(openvino.Layout("NCHW"))
        prepared = steps.input().preprocess().convert_element_type(openvino.Type.f32)
        _prepare(prepared, model, takes, rgb=openvino.preprocess.ColorFormat.RGB)
        steps.output().tensor().set_element_type(openvino.Type.f32)
        return core.compile_model(steps.build(), "CPU", processor_settings())
    except RuntimeError as error:
        raise WeightsError(
            f"{weights.path}: OpenVINO cannot load it ({last_line(error)}); export the model again"
        ) from error


def _file_of(weights: Weights) -> Path:
    """Return the file that the runtime reads."""
    if not weights.path.is_dir():
        return weights.path
    models = list(weights.path.glob("*.xml"))
    if len(models) != 1:
        raise WeightsError(f"{weights.path}: holds {len(models)} models (*.xml); name a folder that has one")
    return models[0]


def _fix_shape(model: Any, weights: Weights) -> None:
    """Fix the dimensions that a model leaves open in its input shape.

    Raises:
        WeightsError: the model does not turn pictures of people into embeddings.
    """
    takes, gives = ([one.partial_shape for one in ends] for ends in (model.inputs, model.outputs))
    if len(takes) == len(gives) == 1 and takes[0].rank == len(_ONE_PERSON):
        shape = [
            size.get_length() if size.is_static else usual
            for size, usual in zip(takes[0], _ONE_PERSON, strict=True)
        ]
        model.reshape(shape)
        given = model.output().partial_shape
        if shape[1] == 3 and given.is_static and len(given) == 2 and given[0] == shape[0]:
            return
    takes_text, gives_text = (", ".join(map(str, shapes)) for shapes in (takes, gives))
    raise WeightsError(
        f"{weights.path}: is no re-identification model: it takes {takes_text} and gives {gives_text}, not "
        "pictures [N,3,height,width] and embeddings [N,D]; export the layer that gives the embeddings"
    )


def _prepare(prepared: Any, model: Any, takes: ReidInput | None, *, rgb: Any) -> None:
    """Add the steps from float32 BGR to the colours that a model takes; `rgb` is the runtime's RGB."""
    # The model optimizer puts mean and scale into a model, and the order of the channels.
    scaled = takes is None and any(map(str.isdigit, _says(model, "conversion_parameters", "mean_values")))
    bgr = scaled and _says(model, "conversion_parameters", "reverse_input_channels") == "True"
    if bgr or takes is ReidInput.BGR:
        return
    prepared.convert_color(rgb)
    if takes is None and _says(model, "framework", "author") == "Ultralytics":
        prepared.scale(255.0)
    elif not scaled:
        prepared.mean(_MEAN).scale(_DEVIATION)


def _says(model: Any, *key: str) -> str:
    """Return what a model's metadata says under a key; nothing where it does not say."""
    return str(model.get_rt_info(list(key)).value) if model.has_rt_info(list(key)) else ""
