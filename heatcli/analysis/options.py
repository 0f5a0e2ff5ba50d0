"""The options of an analysis, each declared once for Python and the command line.

Nothing heavy is imported, so that `--help` stays fast.
"""

from dataclasses import dataclass
from typing import Annotated

from heatcli.config.options import NamesOption, Option
from heatcli.names import DetectorChoice


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Options of an analysis that the user gives; for None, the configuration or the default holds."""

    camera: Annotated[
        str | None,
        Option("Name of the camera.  [default: the one whose sources match, else the file's stem]"),
    ] = None
    """Name of the camera that all clips are of."""
    start: Annotated[
        str | None,
        Option("When the clip begins: 2026-03-14T10:00:00, local time.", metavar="TIME"),
    ] = None
    """Time of the first frame, ISO 8601; for one clip only."""
    timezone: Annotated[str | None, Option("Time zone of the camera.  [default: UTC]")] = None
    detector: Annotated[DetectorChoice | None, Option("How people are found.  [default: auto]")] = None
    weights: Annotated[
        str | None,
        Option("Model file or folder for yolo.  [default: HEATCLI_WEIGHTS, else yolo26n.pt]"),
    ] = None
    reid_weights: Annotated[
        str | None,
        Option(
            "Re-identification model, ONNX file or OpenVINO folder, that tells people apart.  [default: "
            "colours do]"
        ),
    ] = None
    confidence: Annotated[
        float | None,
        Option("Least confidence to take a detection seriously.  [default: 0.25]"),
    ] = None
    device: Annotated[str | None, Option("Where yolo runs: cpu, 0, cuda:1.")] = None
    objects_to_track: Annotated[
        tuple[str, ...] | None,
        NamesOption("Kinds of object, such as person,car.  [default: person]", metavar="NAMES"),
    ] = None
    sample_fps: Annotated[
        float | None,
        Option("Frames to process per second; 0 is every frame.  [default: 10]"),
    ] = None
    attributes: Annotated[
        str | None,
        Option(
            "Tell the colours of clothes and vehicles, or the labels of a classification model.",
            metavar="color|FILE",
        ),
    ] = None
