"""Which describers there are, and which one to use."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from heatcli.config.settings import AnalyzeSettings
from heatcli.detect.weights import Weights, published_reid_weights, weights_at
from heatcli.errors import WeightsError
from heatcli.names import AUTO_REID, ReidInput
from heatcli.track.appearance.appearance import Describer
from heatcli.track.appearance.colours import Colours


@dataclass(frozen=True, slots=True)
class ChosenDescriber:
    """A describer that is decided on, but not loaded.

    Attributes:
        weights_sha256: SHA-256 of the bytes of the describer's model; None for a describer without a model.
        load: function that makes the describer; takes seconds, raises WeightsError where the model does not
            load.
    """

    weights_sha256: str | None
    load: Callable[[], Describer]


def _load_reid(weights: Weights, takes: ReidInput | None) -> Describer:
    from heatcli.track.appearance.reid import ReidModel

    return ReidModel(weights, takes)


MODELS: dict[str, Callable[[Weights, ReidInput | None], Describer]] = {
    "folder": _load_reid,
    ".onnx": _load_reid,
}
"""Function that loads a model, by its form on disk: a folder, or a file with this extension."""


def choose_describer(settings: AnalyzeSettings) -> ChosenDescriber:
    """Decide which describer to use, without loading it: the model that the user named, else colours.

    Raises:
        WeightsError: the model is missing, or is neither an ONNX file nor a folder; or the published one
            cannot be fetched.
    """
    if settings.reid_weights is None:
        return ChosenDescriber(None, Colours)
    if settings.reid_weights == AUTO_REID:
        # Its file does not say which colours it takes, its makers do.
        weights, takes = published_reid_weights(), settings.reid_input or ReidInput.BGR
        return ChosenDescriber(weights.sha256, partial(_load_reid, weights, takes))
    weights = weights_at(settings.reid_weights, hint="--reid-weights takes a file or folder")
    form = "folder" if weights.path.is_dir() else weights.path.suffix.lower()
    if form not in MODELS:
        raise WeightsError(
            f"{weights.path}: --reid-weights takes an ONNX file (.onnx) or a folder in OpenVINO's format; "
            "export the model to ONNX"
        )
    return ChosenDescriber(weights.sha256, partial(MODELS[form], weights, settings.reid_input))
