"""What the user may say about an analysis: each option once, for Python and the command line.

Imports nothing heavy, for the sake of `--help`.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from heatcli.config.bounds import CONFIDENCE, RAW_FPS, check_path
from heatcli.config.options import NamesOption, Option, SampleFps, TextOption, sample_fps_of
from heatcli.config.selection_fields import check_timezone, read_day, read_moment
from heatcli.names import DetectorChoice


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the user says about an analysis. None leaves it to the configuration or the default."""

    camera: Annotated[
        str | None,
        TextOption("Name of the camera.  [default: the one whose sources match, else the file's name]"),
    ] = None
    """Name of the camera of all clips."""
    start: Annotated[
        str | None,
        TextOption(
            "Start of the clip: 2026-03-14T10:00:00, in the camera's local time.",
            metavar="TIME",
            check=read_moment,
        ),
    ] = None
    """Start of the only clip, ISO 8601."""
    since: Annotated[
        date | None,
        TextOption(
            "First day that changed settings apply to; clips of earlier days stay as they are.",
            flag="--from",
            metavar="DATE",
            read=read_day,
            check=read_day,
        ),
    ] = None
    timezone: Annotated[
        str | None, TextOption("Time zone of the camera.  [default: UTC]", check=check_timezone)
    ] = None
    detector: Annotated[DetectorChoice | None, Option("How people are found.  [default: auto]")] = None
    weights: Annotated[
        str | None,
        TextOption(
            "Model file or folder for yolo.  [default: HEATCLI_WEIGHTS, else yolo26n.pt]", check=check_path
        ),
    ] = None
    reid_weights: Annotated[
        str | None,
        TextOption(
            "Re-identification model to tell people apart and know them again: ONNX file, OpenVINO folder, "
            "or auto for one that is fetched.  [default: colours only]",
            metavar="auto|FILE",
            check=check_path,
        ),
    ] = None
    confidence: Annotated[
        float | None,
        Option(
            "Least confidence of a detection that may begin a trajectory.  [default: 0.25]", bounds=CONFIDENCE
        ),
    ] = None
    device: Annotated[str | None, TextOption("Device that yolo runs on, such as cpu, 0 or cuda:1.")] = None
    objects_to_track: Annotated[
        tuple[str, ...] | None,
        NamesOption(
            "Kinds of object to look for, such as person,car; all for every kind that the model knows.  "
            "[default: person]",
            metavar="NAMES",
        ),
    ] = None
    sample_fps: Annotated[
        SampleFps | None,
        TextOption(
            "Frames to process per second; 0 for every frame, auto for as few as the scene needs.  "
            "[default: auto]",
            metavar="auto|N",
            read=sample_fps_of,
            check=sample_fps_of,
        ),
    ] = None
    fps: Annotated[
        float | None,
        Option(
            "Frames per second of raw streams (.h264, .265), which have no time stamps.  [default: what "
            "the stream says, else the length in the file's name, else 25]",
            bounds=RAW_FPS,
        ),
    ] = None
    attributes: Annotated[
        str | None,
        TextOption(
            "Also store attributes: colours of clothes and vehicles, or a classification model's labels.",
            metavar="color|FILE",
            check=check_path,
        ),
    ] = None
