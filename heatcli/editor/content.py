"""What the page on which zones are drawn shows of a camera: its empty scene, and what is configured."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from heatcli.config.camera import CameraConfig
from heatcli.config.models import Config
from heatcli.config.places import FloorConfig, ZoneConfig
from heatcli.errors import InputError, UsageError
from heatcli.picture.draw import fit, picture_size
from heatcli.picture.files import read_picture
from heatcli.picture.in_place import in_place
from heatcli.select.cameras import matching_cameras
from heatcli.select.views.camera import views_of
from heatcli.select.views.placement import Placement
from heatcli.store.clips import ClipRow, clips_frame
from heatcli.store.store import Store

# Largest side of a picture in pixels, and its quality as JPEG: what a large screen shows.
_LARGEST, _QUALITY = 1920, 88
# Part by which shapes of frames differ that do not show the same.
_SAME_ASPECT = 0.02
# Keys of a zone that are its shape.
_SHAPES = {"circle", "polygon", "line"}
# Keys of a floor that the page shows.
_FLOOR = ("plan", "metres_per_pixel", "points")


@dataclass(frozen=True, slots=True)
class Drawable:
    """A camera to draw on.

    Attributes:
        camera: name of the camera.
        content: what the page shows, as `Content` in `web/drawing.d.ts` has it, without `save`.
        warnings: what is to be known before zones are drawn.
    """

    camera: str
    content: Mapping[str, object]
    warnings: tuple[str, ...]


def drawable(store: Store, config: Config, camera: str) -> Drawable:
    """Return what there is to draw on.

    Args:
        store: store that has the camera's empty scene.
        config: configuration, which may have the camera's zones.
        camera: name of the camera, or part of a name or pattern that fits one camera only.

    Raises:
        UsageError: no camera or several have that name, or the store has no picture of it.
        InputError: the picture cannot be read.
        StoreError: the store cannot be read.
    """
    stored = {clip.camera for clip in store.clips()}
    names = matching_cameras(stored | config.cameras.keys(), config, names=(camera,))
    if len(names) > 1:
        raise UsageError(f"{camera}: means {len(names)} cameras; give the name of one: {', '.join(names)}")
    (name,) = names
    clips = store.clips(name)
    newest = next((clip for clip in reversed(clips) if clip.plate is not None), None)
    if newest is None or newest.plate is None:
        raise UsageError(
            f"the store has no picture of camera {name!r}, on which zones are drawn; analyse one of its "
            "clips first"
        )
    # Zones are to lie where maps do, also if the camera has shifted a little since it was put up.
    (placement,) = views_of(store, clips_frame(clips)).placements([newest]) or (Placement(),)
    plate = read_picture(store.path / newest.plate)
    width, height = picture_size(newest.width, newest.height, newest.sample_aspect)
    configured = config.camera(name)
    plan, plan_warning = _plan(configured.floor, config.folder)
    warnings = (*_other_shapes(newest, clips), *plan_warning)
    return Drawable(
        name,
        {
            "camera": name,
            "file": None if config.file is None else str(config.file),
            "aspect": width / height,
            "plate": _picture(fit(in_place(plate, placement, newest.sample_aspect), width, height)),
            "about": f"Picture of {_when(newest)}, {newest.width}x{newest.height}",
            "warnings": warnings,
            "drawn": _drawn(configured),
            "plan": plan,
            "named": _named_elsewhere(config, name),
        },
        warnings,
    )


def _when(clip: ClipRow) -> str:
    """Return the minute in which a clip begins, on the camera's clock."""
    return clip.local_start[:16].replace("T", " ")


def _drawn(configured: CameraConfig) -> dict[str, object]:
    """Return what is drawn so far, as `heatcli.config.drawn.Drawn` takes it."""
    floor = configured.floor
    return {
        "zones": [_zone(name, zone) for name, zone in configured.zones.items()],
        "regions": _polygons(configured.regions),
        "masks": _polygons(configured.masks),
        "area": configured.area,
        "staff_zones": configured.staff_zones,
        "floor": None if floor is None else _floor(floor),
    }


def _floor(floor: FloorConfig) -> dict[str, object]:
    said = floor.model_dump(mode="json", exclude_unset=True)
    drawn = {key: said.pop(key) for key in _FLOOR}
    return {**drawn, "keys": said}


def _zone(name: str, zone: ZoneConfig) -> dict[str, object]:
    said = zone.model_dump(mode="json", exclude_unset=True)
    shape = {key: value for key, value in said.items() if key in _SHAPES}
    return {"name": name, "was": name, "keys": {key: said[key] for key in said.keys() - _SHAPES}, **shape}


def _polygons(shapes: Mapping[str, object]) -> list[dict[str, object]]:
    return [{"name": name, "was": name, "keys": {}, "polygon": corners} for name, corners in shapes.items()]


def _other_shapes(newest: ClipRow, clips: Sequence[ClipRow]) -> list[str]:
    """Tell of clips whose frames have another shape: in fractions, their zones lie elsewhere."""

    def aspect(clip: ClipRow) -> float:
        return clip.width * clip.sample_aspect / clip.height

    others = [clip for clip in clips if abs(aspect(clip) / aspect(newest) - 1) > _SAME_ASPECT]
    if not others:
        return []
    sizes = sorted({(clip.width, clip.height) for clip in others})
    return [
        f"frames of camera {newest.camera!r} have had another shape than this picture of {newest.width}x"
        f"{newest.height}: {', '.join(f'{width}x{height}' for width, height in sizes)}, last in the clip of "
        f"{_when(others[-1])}; zones drawn for those may lie elsewhere here, so look where each of them is"
    ]


def _plan(floor: FloorConfig | None, folder: Path) -> tuple[dict[str, object] | None, list[str]]:
    """Return the picture of a camera's floor plan, and why there is none."""
    if floor is None:
        return None, []
    try:
        picture = read_picture(folder / floor.plan)
    except InputError as error:
        return None, [f"{error}; without the plan, floor points can only be moved in the picture"]
    height, width = picture.shape[:2]
    return {"picture": _picture(picture), "width": width, "height": height}, []


def _picture(picture: NDArray[np.uint8]) -> str:
    """Return a picture as a `data:` URL."""
    height, width = picture.shape[:2]
    if max(width, height) > _LARGEST:
        part = _LARGEST / max(width, height)
        size = (max(1, round(width * part)), max(1, round(height * part)))
        picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return "data:image/jpeg;base64," + b64encode(data.tobytes()).decode()


def _named_elsewhere(config: Config, camera: str) -> dict[str, list[str]]:
    """Return where else a configuration names a zone, region or line of a camera, by its name.

    Views are among them: what they name may be of several cameras, so nothing changes it with the zone.
    """
    found: dict[str, list[str]] = {}
    for name, funnel in config.camera(camera).funnels.items():
        for step in funnel.steps:
            found.setdefault(step, []).append(f"cameras.{camera}.funnels.{name}")
    for name, area in config.areas.items():
        for place in (*(door.line for door in area.doors), *area.inside):
            if place.startswith(f"{camera}."):
                found.setdefault(place.removeprefix(f"{camera}."), []).append(f"areas.{name}")
    for name, view in config.views.items():
        for place in view.said.get("rois", ()):
            found.setdefault(place, []).append(f"views.{name}")
    return {name: sorted(set(places)) for name, places in found.items()}
