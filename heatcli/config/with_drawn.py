"""The text of `heatcli.toml` with what was drawn, and all else in it as it is."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from heatcli.config.drawn import Drawn, DrawnFloor, DrawnShape
from heatcli.config.toml_edit import add_table, remove, rename, set_value
from heatcli.config.toml_lines import KeyPath
from heatcli.config.toml_words import toml_value
from heatcli.errors import ConfigError
from heatcli.shapes import with_rectangles


def with_drawn(text: str, camera: str, drawn: Drawn) -> str:
    """Return the text of a configuration with what was drawn; all else in it stays as it is.

    Where a zone or region has got another name, funnels, queues, exposure and rooms that name it get it too.

    Args:
        text: valid TOML, which has the camera.
        camera: name of the camera.
        drawn: all that is drawn onto the camera's picture; what is not among it is taken out.

    Raises:
        ConfigError: the text has other shapes than those that were drawn on, or is written in a way that
            cannot be changed.
    """
    edits = _Edits(text, tomllib.loads(text))
    top: KeyPath = ("cameras", camera)
    for key, shapes in (("zones", drawn.zones), ("regions", drawn.regions), ("masks", drawn.masks)):
        _put_shapes(edits, (*top, key), shapes, is_zone=key == "zones")
    for key, names in (("area", drawn.area), ("staff_zones", drawn.staff_zones)):
        _put_names(edits, (*top, key), names, drawn.renamed)
    _put_floor(edits, (*top, "floor"), drawn.floor)
    for path, name in list(_named(edits.data, camera)):
        prefix = f"{camera}." if path[0] == "areas" else ""
        new = drawn.renamed.get(name.removeprefix(prefix)) if name.startswith(prefix) else None
        if new is not None:
            edits.put(path, prefix + new)
    if camera not in tomllib.loads(edits.text).get("cameras", {}):
        # Nothing but what was taken out has told that there is such a camera.
        edits.text = add_table(edits.text, top)
    if _filled(tomllib.loads(edits.text)) != _filled(edits.data):
        raise ConfigError(
            f"cameras.{camera} is written in a way that this page cannot change; copy its text into the file"
        )
    return edits.text


def _filled(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said without tables that are empty: without its header, such a table is not there."""
    inner = {key: _filled(value) if isinstance(value, dict) else value for key, value in data.items()}
    return {key: value for key, value in inner.items() if value != {}}


@dataclass
class _Edits:
    """A text and what it says, changed together, so that the one can be held to the other.

    Attributes:
        text: TOML so far.
        data: what it should say.
    """

    text: str
    data: dict[str, Any]

    def get(self, path: KeyPath, default: Any) -> Any:
        table: Any = self.data
        for name in path:
            if isinstance(table, dict) and name not in table:
                return default
            table = table[name]
        return table

    def put(self, path: KeyPath, value: Any, written: str | None = None) -> None:
        is_element = isinstance(path[-1], int)
        if is_element:
            # An element of a list has no key of its own: the list is written anew.
            values = list(self.get(path[:-1], ()))
            values[int(path[-1])] = value
            self.put(path[:-1], values)
            return
        self.text = set_value(self.text, path, written or toml_value(value))
        table: Any = self.data
        for name in path[:-1]:
            table = table[name] if isinstance(name, int) else table.setdefault(name, {})
        table[path[-1]] = value

    def rename(self, path: KeyPath, name: str) -> None:
        self.text = rename(self.text, path, name)
        table = self.get(path[:-1], {})
        table[name] = table.pop(path[-1])

    def remove(self, path: KeyPath) -> None:
        self.text = remove(self.text, path)
        self.get(path[:-1], {}).pop(path[-1])


def _put_shapes(edits: _Edits, table: KeyPath, shapes: tuple[DrawnShape, ...], *, is_zone: bool) -> None:
    """Make a table of shapes say what was drawn."""
    known = set(edits.get(table, {}))
    kept = {one.was for one in shapes if one.was is not None}
    if kept - known:
        raise ConfigError(
            f"{'.'.join(map(str, table))} has no {min(kept - known)!r} any more; open the page anew"
        )
    for name in sorted(known - kept):
        edits.remove((*table, name))
    # By names that nothing else has, as two shapes may have exchanged theirs.
    moved = [one for one in shapes if one.was is not None and one.was != one.name]
    for number, one in enumerate(moved):
        edits.rename((*table, str(one.was)), f"heatcli renames number {number}")
    for number, one in enumerate(moved):
        edits.rename((*table, f"heatcli renames number {number}"), one.name)
    for one in shapes:
        path: KeyPath = (*table, one.name)
        key, value = one.shape
        if is_zone and one.was is None:
            edits.put(path, {key: value, **one.keys})
        else:
            path = (*path, key) if is_zone else path
            if _corners(edits.get(path, [])) != _corners(value):
                edits.put(path, value)


def _corners(value: list[Any]) -> list[Any]:
    """Return corners with those of a rectangle completed; numbers as they are."""
    points = tuple(tuple(one) for one in value if isinstance(one, list))
    return list(with_rectangles(points)) if len(points) == len(value) else value


def _put_names(edits: _Edits, path: KeyPath, names: tuple[str, ...], renamed: Mapping[str, str]) -> None:
    """Make a list of zones and regions have these names."""
    said = edits.get(path, [])
    old = [said] if isinstance(said, str) else said
    if set(names) == set(old):
        return
    if names:
        order = [renamed.get(name, name) for name in old]
        edits.put(path, [*(name for name in order if name in names), *(n for n in names if n not in order)])
    else:
        edits.remove(path)


def _put_floor(edits: _Edits, path: KeyPath, floor: DrawnFloor | None) -> None:
    """Make a floor say what was drawn."""
    old = edits.get(path, None)
    if floor is None:
        if old is not None:
            edits.remove(path)
        return
    if old is None:
        for key, value in floor.keys.items():
            edits.put((*path, key), value)
    for key in ("plan", "metres_per_pixel"):
        if edits.get((*path, key), None) != getattr(floor, key):
            edits.put((*path, key), getattr(floor, key))
    points = [{"image": list(one.image), "plan": list(one.plan)} for one in floor.points]
    known = edits.get((*path, "points"), [])
    if len(points) != len(known):
        lines = "".join(f"    {toml_value(point)},\n" for point in points)
        edits.put((*path, "points"), points, f"[\n{lines}]")
        return
    for number, (was, now) in enumerate(zip(known, points, strict=True)):
        for key in ("image", "plan"):
            if was[key] != now[key]:
                edits.put((*path, "points", number, key), now[key])


def _named(data: Mapping[str, Any], camera: str) -> Iterator[tuple[KeyPath, str]]:
    """Yield where else a configuration names a zone, region or line of a camera, and the name.

    In rooms (`areas`) the name has that of the camera before it.
    """
    top: KeyPath = ("cameras", camera)
    settings = data["cameras"][camera]
    for name, zone in settings.get("zones", {}).items():
        for key in ("service", "passing"):
            if isinstance(zone.get(key), str):
                yield (*top, "zones", name, key), zone[key]
    for name, funnel in settings.get("funnels", {}).items():
        for number, step in enumerate(funnel["steps"]):
            yield (*top, "funnels", name, "steps", number), step
    for name, area in data.get("areas", {}).items():
        for number, door in enumerate(area["doors"]):
            at: KeyPath = ("areas", name, "doors", number)
            yield (at, door) if isinstance(door, str) else ((*at, "line"), door["line"])
        inside = area.get("inside", [])
        if isinstance(inside, str):
            yield ("areas", name, "inside"), inside
        else:
            for number, zone in enumerate(inside):
                yield ("areas", name, "inside", number), zone
