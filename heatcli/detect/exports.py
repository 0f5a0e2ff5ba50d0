"""Models in OpenVINO's format: what ultralytics wrote beside each, and which of several fits the footage.

A network looks at a picture of one fixed shape, and a frame of another shape is padded: of a square, a 16:9
frame leaves 44 % grey. So a folder may hold several exports of one model, for frames of different shapes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from heatcli.errors import WeightsError

# Least scale of a network that counts as showing a frame as large as another does, as a
# fraction of that scale: sides of networks are rounded to whole cells.
_SAME_SCALE = 0.97


@dataclass(frozen=True, slots=True)
class Export:
    """A model that ultralytics exported (`yolo export format=openvino`).

    Attributes:
        folder: folder of the model.
        task: ultralytics' name of the task that the model is for.
        names: names of the model's classes by number.
        height: height of the network's input in pixels.
        width: width of the network's input in pixels.
        suppresses_doubles: whether the network itself suppresses double boxes.
    """

    folder: Path
    task: str
    names: Mapping[int, str]
    height: int
    width: int
    suppresses_doubles: bool

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read what ultralytics wrote beside a model when it exported it.

        Raises:
            WeightsError: it is missing or damaged.
        """
        import yaml

        path = folder / "metadata.yaml"
        try:
            metadata: dict[str, Any] = yaml.safe_load(path.read_text())
            size = metadata.get("imgsz", 640)
            height, width = size if isinstance(size, list) else (size, size)
            names = {int(number): str(name) for number, name in metadata["names"].items()}
            doubles = bool(metadata.get("end2end") or metadata.get("args", {}).get("nms"))
            return cls(folder, str(metadata.get("task")), names, int(height), int(width), doubles)
        except (OSError, ValueError, yaml.YAMLError, TypeError, KeyError, AttributeError) as error:
            raise WeightsError(
                f"{path}: missing or damaged; export the model again with `yolo export format=openvino`"
            ) from error

    def scale(self, width: int, height: int) -> float:
        """Return the pixels of the network for each pixel of a frame."""
        return min(self.width / width, self.height / height)


def export_folders(path: Path) -> tuple[Path, ...]:
    """Return the folders with a model in OpenVINO's format: the path itself, or those in it; sorted."""
    if not path.is_dir():
        return ()
    if any(path.glob("*.xml")):
        return (path,)
    return tuple(sorted(folder for folder in path.iterdir() if folder.is_dir() and any(folder.glob("*.xml"))))


def best_fit(path: Path, *, width: int, height: int) -> Path:
    """Return the export that fits frames of a size: of those that show a frame the largest, the smallest one.

    Args:
        path: folder of a model in OpenVINO's format, or of several exports of one model.
        width: width of a frame in pixels.
        height: height of a frame in pixels.

    Raises:
        WeightsError: what ultralytics wrote beside an export is damaged, or the exports are not of one model.
    """
    folders = export_folders(path)
    if len(folders) == 1:
        return folders[0]
    exports = [Export.read(folder) for folder in folders]
    for other in exports[1:]:
        if (other.task, other.names) != (exports[0].task, exports[0].names):
            raise WeightsError(
                f"{path}: {exports[0].folder.name} and {other.folder.name} find other classes, so they are "
                "not exports of one model; name one of them"
            )
    largest = max(one.scale(width, height) for one in exports)
    fitting = [one for one in exports if one.scale(width, height) >= _SAME_SCALE * largest]
    return min(fitting, key=lambda one: one.width * one.height).folder
