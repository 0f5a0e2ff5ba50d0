"""Mistakes in heatcli.toml: the right line, in words that are not a library's, and what to write."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from heatcli.config.area import AreaConfig
from heatcli.config.camera import CameraConfig
from heatcli.config.lens import LensConfig
from heatcli.config.models import Config, config_of
from heatcli.config.places import FloorConfig, FunnelConfig, ZoneConfig
from heatcli.config.privacy import PrivacyConfig
from heatcli.config.run import RunConfig
from heatcli.config.settings import MapLook
from heatcli.config.view import ViewConfig
from heatcli.errors import ConfigError

FILE = Path("heatcli.toml")
# Each table, and what it needs to be right but for one more line at its end.
CAMERA = "[cameras.a.zones]\nz.circle = [0.5, 0.5, 0.1]\nd.line = [[0, 0], [1, 1]]\n"
POINTS = (
    "[{image=[0,0],plan=[0,0]},{image=[1,0],plan=[9,0]},{image=[1,1],plan=[9,9]},{image=[0,1],plan=[0,9]}]"
)
TABLES: dict[str, tuple[type[BaseModel], str, dict[str, str]]] = {
    "": (Config, "", {}),
    "privacy": (PrivacyConfig, "", {}),
    "run": (RunConfig, "", {}),
    "maps": (MapLook, "", {}),
    "cameras.a": (CameraConfig, "", {}),
    "cameras.a.maps": (MapLook, "", {}),
    "cameras.a.zones.z": (ZoneConfig, "", {"circle": "[0.5, 0.5, 0.1]"}),
    "cameras.a.funnels.f": (FunnelConfig, CAMERA, {"steps": '["z", "z"]'}),
    "cameras.a.floor": (
        FloorConfig,
        "",
        {
            "plan": '"p.png"',
            "metres_per_pixel": "0.1",
            "points": POINTS,
        },
    ),
    "cameras.a.floor.lens": (
        LensConfig,
        f'[cameras.a.floor]\nplan = "p.png"\nmetres_per_pixel = 0.1\npoints = {POINTS}\n',
        {"size": "[640, 480]", "focal": "500"},
    ),
    "views.v": (ViewConfig, "", {}),
    "areas.r": (AreaConfig, CAMERA, {"doors": '["a.d"]'}),
}
VALUES = (
    "3.7",
    "-1",
    "100000",
    '"no such thing"',
    "[[1]]",
    "[0.5]",
    "{ x = 1 }",
    "true",
    "2026-03-14",
    '""',
    "nan",
)
# Words of pydantic, and of Python.
FOREIGN = re.compile(
    r"[Ii]nput should|[Vv]alue error|valid (?!TOML)|tuple|\bdict|\bstr\b|\bint\b|\bfloat\b|None|literal|"
    r"instance|Union|function|permitted|unable to|NaN|Datetimes"
)


def wrong() -> Iterator[tuple[str, str]]:
    """Yield keys of all tables, and texts with one value in each that may be wrong, on the last line."""
    for table, (model, before, needed) in TABLES.items():
        for name, field in model.model_fields.items():
            key = field.alias or name
            lines = [f"{other} = {value}" for other, value in needed.items() if other != key]
            head = "\n".join([f"[{table}]"] * bool(table) + lines)
            for value in VALUES:
                yield f"{table}.{key}".lstrip("."), f"{before}{head}\n{key} = {value}"


def test_every_wrong_value_of_every_key_is_told_in_plain_words_with_its_line() -> None:
    refused = 0
    for path, text in wrong():
        try:
            config_of(text, FILE)
        except ConfigError as error:
            refused += 1
            line = text.count("\n") + 1
            told = str(error)
            assert told.startswith(f"heatcli.toml line {line}: {path}"), text
            words = told.partition(": ")[2].partition(", got ")[0]
            assert not FOREIGN.search(words.removeprefix(path)), f"{text}\n{told}"
            assert "\n" not in told
    assert refused > 500


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ('doors = [\n"a.d",\n"a.z"]', 6, "doors: no line is called 'a.z'; write CAMERA.LINE"),
        (
            'doors = [\n"a.d",\n{ line = "a.e" }]',
            6,
            "doors: no line is called 'a.e'; write CAMERA.LINE",
        ),
        ('doors = ["a.d"]\ninside = [\n"a.d"]', 6, "inside: no zone is called 'a.d'"),
        ('doors = ["a.d"]\nempty_at = "3"', 5, "empty_at: '3' is no time of day; write it as 03:00"),
        ("doors = []", 4, "doors: needs at least 1, got 0"),
        (
            'doors = [{ line = "a.d", inward = "in" }]',
            4,
            "doors.0.inward: must be 'left_to_right' or",
        ),
        ('doors = [{ line = "a.d", missed = 0.5 }]', 4, "doors.0.missed: must be at most 0.4"),
    ],
)
def test_a_mistake_in_a_room_is_on_its_line(text: str, line: int, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        config_of(f"{CAMERA}[areas.r]\n{text}\n", FILE)
    assert str(caught.value).startswith(f"heatcli.toml line {line + 1}: areas.r.{told}")


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ('d.kind = "queue"', 4, "zones.d.kind: a queue is a circle or a polygon; draw the place where"),
        (
            "z.polygon = [[0, 0], [1, 1]]",
            4,
            "zones.z.polygon: a zone has exactly one of circle, polygon and line",
        ),
        ('z.kind = "queue"\nz.service = "zz"', 5, "zones.z.service: no other zone is called 'zz'"),
        ('z.kind = "row"', 4, "zones.z.kind: must be 'queue', got 'row'"),
        ('z.kind = "queue"\nz.service = [0.5, 2]', 5, "zones.z.service.1: must be at most 1.0, got 2"),
        ('[cameras.a.funnels.f]\nsteps = ["z",\n"d"]', 6, "funnels.f.steps: no other zone is called 'd'"),
        (
            "[cameras.a.regions]\nb = [[0, 0], [1, 1], [1, 0], [0, 1]]",
            5,
            "regions.b: the side after corner 1 crosses",
        ),
        (
            "[cameras.a.maps]\nopacity = 0.5\nmax_value = 2",
            6,
            "maps.max_value: is the end of an absolute scale",
        ),
    ],
)
def test_a_mistake_that_takes_two_keys_is_on_the_line_of_one(text: str, line: int, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        config_of(f"{CAMERA}{text}\n", FILE)
    assert str(caught.value).startswith(f"heatcli.toml line {line}: cameras.a.{told}")
