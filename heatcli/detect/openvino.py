"""Detection models in OpenVINO's format, run by its runtime: no torch, and several frames at a time."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heatcli.detect.base import Detections, DetectorIdentity
from heatcli.detect.exports import Export
from heatcli.detect.letterbox import Letterbox
from heatcli.detect.model import (
    BASE_FPS,
    CONFIDENCE_FLOOR,
    check_task,
    make_detections,
    wanted_classes,
)
from heatcli.detect.openvino_runtime import import_openvino, last_line, new_core, processor_settings
from heatcli.detect.weights import Weights
from heatcli.detect.yolo_output import read_end_to_end, read_raw
from heatcli.errors import UsageError, WeightsError
from heatcli.video.frame import Frame

# Number of rounds per batch in which all requests run. Some requests are idle during the last round; with so
# many rounds that is rare.
_ROUNDS_PER_BATCH = 4


@dataclass(frozen=True, slots=True)
class _Running:
    """A frame that the runtime is processing. `padded` is its input, and must live until it is done."""

    request: Any
    padded: NDArray[np.uint8]
    letterbox: Letterbox
    frame: Frame


class OpenVinoDetector:
    """Runs a model folder that ultralytics exported (`yolo export format=openvino`).

    Ultralytics runs such a model one frame after the other. Here the runtime processes as many frames at
    once as it advises, which is faster on several cores; results come in the order of the frames. The shape
    of the input is always fixed, since quantised models with open shapes crash on some processors
    (https://github.com/openvinotoolkit/openvino/issues/37577).
    """

    # A trained model learns nothing from a clip.
    reads_ahead = False
    base_fps = BASE_FPS

    def __init__(
        self, *, weights: Weights, objects: tuple[str, ...], confidence: float, device: str | None
    ) -> None:
        """Load a model.

        Args:
            weights: folder of the model.
            objects: names of the classes to report; empty for all that the model knows.
            confidence: least confidence that begins a tracklet; replaces `CONFIDENCE_FLOOR` if it is lower.
            device: name of the device: `cpu` or None, or `intel:` and a device of OpenVINO's, as `intel:gpu`.

        Raises:
            WeightsError: the model is not usable or does not know a class, or OpenVINO is not installed.
            UsageError: the device does not exist.
        """
        name, export = weights.path.name, Export.read(weights.path)
        check_task(export.task, model=name)
        self._known = len(export.names)
        self.classes, self._columns = wanted_classes(export.names, objects, model=name)
        self._floor = min(CONFIDENCE_FLOOR, confidence)
        compiled = _compile(export, device)
        _, height, width, _ = compiled.input().shape
        self._network: tuple[int, int] = (height, width)
        self._end_to_end = export.suppresses_doubles or compiled.output(0).shape[-1] == 6
        requests = int(compiled.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS"))
        # One more request than run at once, so that the next frame is ready when one is done.
        self._idle = deque(compiled.create_infer_request() for _ in range(requests + 1))
        self.batch_size = _ROUNDS_PER_BATCH * requests
        self.identity = DetectorIdentity("yolo", name, weights.sha256)

    def learn(self, frames: Iterable[Frame], *, width: int, height: int) -> None:
        """Start a new clip. Nothing is kept from one to the next."""

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        """Find the objects in each frame."""
        running: deque[_Running] = deque()
        results: list[Detections] = []
        for frame in frames:
            if not self._idle:
                results.append(self._finish(running.popleft()))
            running.append(self._start(frame))
        results.extend(self._finish(job) for job in running)
        return results

    def pass_over(self, pts_us: int) -> None:
        """Do nothing: a trained model keeps no time."""

    def close(self) -> None:
        """Release the runtime's memory and threads."""
        self._idle.clear()

    def _start(self, frame: Frame) -> _Running:
        height, width = frame.image.shape[:2]
        letterbox = Letterbox.fit(source=(height, width), network=self._network)
        padded = letterbox.apply(frame.image)[None]
        request = self._idle.popleft()
        request.start_async({0: padded}, share_inputs=True)
        return _Running(request, padded, letterbox, frame)

    def _finish(self, job: _Running) -> Detections:
        job.request.wait()
        output = job.request.get_output_tensor(0).data[0]
        wanted = list(self._columns)
        if self._end_to_end:
            found = read_end_to_end(output, wanted=wanted, floor=self._floor)
        else:
            found = read_raw(output, classes=self._known, wanted=wanted, floor=self._floor)
        self._idle.append(job.request)  # `found` is a copy: the next frame may overwrite the output
        height, width = job.frame.image.shape[:2]
        return make_detections(
            job.letterbox.to_source(found.boxes),
            found.confidence,
            np.array([self._columns[int(number)] for number in found.number], dtype=np.int32),
            width=width,
            height=height,
        )


def _compile(export: Export, device: str | None) -> Any:
    """Compile a model for 8-bit BGR frames, (1, height, width, 3).

    Args:
        export: model, whose height and width are used where the network leaves them open.
        device: name of the device as the user gives it; None for the processor.
    """
    folder = export.folder
    openvino = import_openvino(folder)
    core = new_core(openvino)
    target = _device(device, core.available_devices)
    try:
        model = core.read_model(sorted(folder.glob("*.xml"))[0])
        if model.input().partial_shape.is_dynamic:
            model.reshape([1, 3, export.height, export.width])
        batch, channels, _, _ = model.input().shape
        if batch != 1 or channels != 3:
            raise WeightsError(
                f"{folder}: takes {batch} frames of {channels} channels; export it for one frame of three"
            )
        steps = openvino.preprocess.PrePostProcessor(model)
        steps.input().tensor().set_element_type(openvino.Type.u8).set_layout(
            openvino.Layout("NHWC")
        ).set_color_format(openvino.preprocess.ColorFormat.BGR)
        steps.input().model().set_layout(openvino.Layout("NCHW"))
        steps.input().preprocess().convert_element_type(openvino.Type.f32).convert_color(
            openvino.preprocess.ColorFormat.RGB
        ).scale(255.0)
        steps.output(0).tensor().set_element_type(openvino.Type.f32)
        settings = processor_settings() if target == "CPU" else {"PERFORMANCE_HINT": "THROUGHPUT"}
        return core.compile_model(steps.build(), target, settings)
    except RuntimeError as error:
        raise WeightsError(f"{folder}: OpenVINO cannot load it ({last_line(error)})") from error


def _device(device: str | None, available: Sequence[str]) -> str:
    """Return OpenVINO's name of the device; `intel:gpu` is ultralytics' name for `GPU`."""
    wanted = (device or "cpu").removeprefix("intel:").upper()
    if not any(one == wanted or one.startswith(f"{wanted}.") for one in available):
        known = ", ".join(f"intel:{one.lower()}" for one in available)
        raise UsageError(f"--device {device}: an OpenVINO model runs here on cpu, {known}")
    return wanted
