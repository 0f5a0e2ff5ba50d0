"""A YOLO model in the form that fits the footage, chosen anew for each clip."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from heatcli.detect.base import Detections, Detector, DetectorIdentity
from heatcli.detect.export import exported, runs_on_processor
from heatcli.detect.exports import best_fit, export_folders
from heatcli.detect.model import BASE_FPS
from heatcli.detect.weights import Weights
from heatcli.errors import UsageError
from heatcli.video.frame import Frame


class FittedDetector:
    """Runs the form of a model whose input has the shape of a clip's frames, as far as there is one.

    Of a folder with several exports in OpenVINO's format it is the best fitting; of a `.pt` model on a
    processor, an export that is made when it is first needed; of any other model, the model itself.

    Args:
        weights: the model that was named.
        identity: identity of the detector, whichever form runs.
        load: function that loads a form of the model.
        device: name of the device as the user gives it; None for the default.
        say: receiver of one line of text where a form is made.
    """

    # A trained model learns nothing from a clip.
    reads_ahead = False
    base_fps = BASE_FPS

    def __init__(
        self,
        weights: Weights,
        *,
        identity: DetectorIdentity,
        load: Callable[[Weights], Detector],
        device: str | None,
        say: Callable[[str], None],
    ) -> None:
        self.identity = identity
        self._weights, self._load, self._device, self._say = weights, load, device, say
        self._forms: dict[Path, Detector] = {}
        # Forms that cannot be loaded, and why: the error itself would hold the clip's decoder.
        self._faults: dict[Path, str] = {}
        self._form: Detector | None = None

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes that are reported."""
        return self._running.classes

    @property
    def batch_size(self) -> int:
        """Number of frames that `detect` should get at once."""
        return self._running.batch_size

    @property
    def _running(self) -> Detector:
        assert self._form is not None, "`learn` starts a clip"
        return self._form

    def learn(self, frames: Iterable[Frame], *, width: int, height: int) -> None:
        """Start a new clip with the form of the model that fits it.

        Raises:
            UsageError: the model cannot be loaded, or does not know a class, or the device does not exist.
        """
        weights = self._fitting(width, height)
        if weights.path in self._faults:
            raise UsageError(self._faults[weights.path])
        if weights.path not in self._forms:
            try:
                self._forms[weights.path] = self._load(weights)
            except UsageError as error:
                self._faults[weights.path] = str(error)
                raise
        self._form = self._forms[weights.path]
        self._form.learn(frames, width=width, height=height)

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        """Find the objects in each frame."""
        return self._running.detect(frames)

    def pass_over(self, pts_us: int) -> None:
        """Do nothing: a trained model keeps no time."""

    def close(self) -> None:
        """Release all forms of the model."""
        for form in self._forms.values():
            form.close()
        self._forms.clear()

    def _fitting(self, width: int, height: int) -> Weights:
        path = self._weights.path
        if export_folders(path):
            return replace(self._weights, path=best_fit(path, width=width, height=height))
        if path.suffix == ".pt" and runs_on_processor(self._device):
            return exported(self._weights, width=width, height=height, say=self._say)
        return self._weights
