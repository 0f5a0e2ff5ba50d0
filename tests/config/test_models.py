"""heatcli.toml: what it says, whose clip is whose, and how mistakes are told."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import BaseModel

from heatcli.config.camera import CameraConfig
from heatcli.config.models import Config, load_config
from heatcli.config.options import declared, read_options
from heatcli.config.privacy import PrivacyConfig
from heatcli.config.selection_fields import SelectionFields
from heatcli.config.settings import MapLook
from heatcli.config.view import ViewConfig
from heatcli.errors import ConfigError, UsageError
from heatcli.names import TrackingMode
from heatcli.select.selection import Selection
from tests.support.places import DOCS


def write(folder: Path, text: str) -> Path:
    file = folder / "heatcli.toml"
    file.write_text(text)
    return file


@pytest.mark.parametrize(
    ("clip", "camera"),
    [
        ("nvr/ch1/a.mp4", "one"),
        ("nvr/ch1/2026/03/a.mp4", "one"),
        ("nvr/ch1/a.avi", None),
        ("nvr/ch10/a.mp4", None),
        ("other/x1.mp4", "two"),
        ("other/deep/x1.mp4", None),
        ("other/x12.mp4", None),
    ],
)
@pytest.mark.parametrize("folder", ["plain", "[odd] na*me"])
def test_a_clip_is_its_cameras(tmp_path: Path, folder: str, clip: str, camera: str | None) -> None:
    root = tmp_path / folder
    root.mkdir()
    file = write(
        root,
        '[cameras.one]\nsources = ["nvr/ch1/**/*.mp4"]\n[cameras.two]\nsources = ["other/[xy]?.mp4"]\n',
    )
    assert load_config(file).camera_of(root / clip) == camera


def test_two_cameras_cannot_claim_one_clip(tmp_path: Path) -> None:
    file = write(tmp_path, '[cameras.one]\nsources = ["*.mp4"]\n[cameras.two]\nsources = ["a*"]\n')
    with pytest.raises(ConfigError, match="'one' and 'two' both claim it"):
        load_config(file).camera_of(tmp_path / "a.mp4")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("\ntimezone = 1 2", 2, "not valid TOML"),
        ('timezon = "UTC"', 1, "timezon: no such key; did you mean timezone"),
        ('[cameras.a]\nsource = ["x"]', 2, "cameras.a.source: no such key; did you mean sources"),
        ('[cameras.zones]\nsource = ["x"]', 2, "cameras.zones.source: no such key; did you mean sources"),
        ("[cameras.a.zones.till]\ncircel = [0.1, 0.1, 0.1]", 2, "did you mean circle"),
        ("[views.v]\ncameras = []\nfron = 2026-01-01", 3, "views.v.fron: no such key; did you mean from"),
        (
            "[cameras.a.floor]\npoints = [\n{ imag = [0, 0] }]",
            3,
            "points.0.imag: no such key; did you mean image",
        ),
        ('timezone = "Europe/Zagrebb"', 1, "timezone: no time zone is called 'Europe/Zagrebb'"),
        ("[cameras.a]\nzones = { till = 3 }", 2, "cameras.a.zones.till: must be a table, got 3$"),
        ('[cameras.a]\nlabels = "door"', 2, "cameras.a.labels: must be a list, got 'door'$"),
        ("[cameras.a]\nlocation = 12", 2, "cameras.a.location: must be text, got 12$"),
        (
            '[cameras.a]\nmin_size = "tall"',
            2,
            "cameras.a.min_size: is neither a number nor a level such as 5/10$",
        ),
        ("[views.a]\nfilter_outliers = 3", 2, "views.a.filter_outliers: must be true or false, got 3$"),
        ('[cameras.a]\nstart = "noon"', 2, "cameras.a.start: must be a time such as .*, got 'noon'$"),
        ("[cameras.a]\nsensitivity = 101", 2, "cameras.a.sensitivity: .*must be at most 100, got 101"),
        ('[cameras.a]\nsensitivity = "11/10"', 2, "sensitivity: is neither .* nor a level such as 5/10"),
        ('[cameras.a]\nviewpoint = "below"', 2, "viewpoint: .*must be 'side' or 'top', got 'below'"),
        ('[cameras.a]\nschedule = [\n"mon-fri",\n"mon-xyz"]', 4, "schedule.1: .*'xyz' is not a day"),
        ('[cameras.a]\ntime_pattern = "%Y"', 2, "time_pattern '%Y': does not give a full time"),
        (
            '[cameras.a]\narea = ["flor"]\nregions = { floor = [[0,0],[1,0],[0,1]] }',
            2,
            "area: no zone is called 'flor'; did you mean floor?",
        ),
        ('[cameras.a]\narea = "in"\nzones.in.line = [[0,0],[1,0]]', 2, "area: 'in' is a line"),
        ("[cameras.a]\nmin_size = 20", 2, "min_size: must be at most 1, got 20"),
        (
            "[cameras.a]\nmin_dwell_s = 9\nmax_dwell_s = 8",
            2,
            "cameras.a.min_dwell_s: is more than max_dwell_s",
        ),
        (
            "[cameras.a.zones]\nz = { polygon = [[0.1, 0.1]] }",
            2,
            "z.polygon: needs at least 2, got 1",
        ),
        (
            "[cameras.a.zones]\nz = { rect = [0.1, 0.1, 0.2, 0.2] }",
            2,
            r"z.rect: no such key; write a rectangle as polygon = \[\[x, y\], \[x, y\]\]",
        ),
        (
            "[cameras.a.zones]\nz = { circle = [320, 180, 40] }",
            2,
            "z.circle.0: must be at most 1.0, got 320; divide pixels by the frame's width",
        ),
        ("[cameras.a.zones]\nz = {polygon=[[0.1, 0.1], [0.2, 0.2], [0.4, 0.4]]}", 2, "z.polygon: .* no area"),
        (
            "[cameras.a.zones]\nz = {}",
            2,
            "cameras.a.zones.z: a zone has exactly one of circle, polygon and line",
        ),
        (
            "[cameras.a.zones]\nz = { circle = [0.5, 1.5, 0.1] }",
            2,
            "z.circle.1: must be at most 1.0, got 1.5",
        ),
        (
            "[cameras.a.zones]\nz = { circle = [0.5, 0.5, 0.0] }",
            2,
            "z.circle.2: must be more than 0.0, got 0.0",
        ),
        ("[cameras.a.zones]\nz = { line = [[0.5, 0.5], [0.5, 0.5]] }", 2, "two different ends"),
        (
            "[cameras.a.zones]\nz.polygon = [[0.1, 0.1],\n[0.2, 1.2],\n[0.5, 0.1]]",
            3,
            "polygon.1.1: must be at most 1.0, got 1.2",
        ),
        ("[cameras.a.zones]\nz = { circle = [0.5, 0.5] }", 2, "z.circle.2: is missing"),
        (
            "[cameras.a.zones]\nz = { line = [[0.5, 0.5, 0.5], [0, 0]] }",
            2,
            "z.line.0: takes at most 2, got 3",
        ),
        ("[cameras.a.masks]\nm = [[0.1, 0.1], [0.1, 0.2]]", 2, "masks.m: .* no area"),
        (
            "[cameras.a.zones]\nz = {circle=[0.5,0.5,0.1]}\n[cameras.a.regions]\n"
            "z = [[0.1,0.1],[0.2,0.1],[0.2,0.2]]",
            4,
            "cameras.a.regions.z: 'z' names a zone and a region",
        ),
        ('[cameras.a]\nstaff_zones = [\n"z"]', 3, "cameras.a.staff_zones: no zone is called 'z'"),
        (
            "[cameras.a.floor]\nplan = 'p.png'\nmetres_per_pixel = 0.02\n"
            "points = [{image=[0,0],plan=[0,0]}, {image=[0,1],plan=[0,9]},"
            "{image=[1,0],plan=[0,5]}, {image=[1,1],plan=[0,7]}]",
            4,
            "a.floor.points: all its points are on one line of the plan",
        ),
        (
            "[cameras.a.floor]\nplan = 'p.png'\nmetres_per_pixel = 0.02\npoints = []",
            4,
            "floor.points: needs at least 4, got 0",
        ),
        ("[cameras.a.floor]\nplan = 'p.png'\npoints = []", 1, "floor.metres_per_pixel: is missing"),
        (
            "[cameras.a.zones]\nz = { circle = [0.5, 0.5, 0.1] }\nz = { circle = [0.5, 0.5, 0.2] }",
            3,
            "cameras.a.zones.z: appears twice, first on line 2; rename one",
        ),
        (
            "[cameras.a.zones]\nz = { circle = [\n0.5, 0.5, 0.1] }\n[cameras.a.zones.z]\nline = []\nx = 1 2",
            4,
            "cameras.a.zones.z: appears twice, first on line 2; rename one",
        ),
        ("[cameras.a]\n[cameras.b]\n[cameras.a]", 3, "cameras.a: appears twice, first on line 1"),
        *(
            (f"[privacy]\ndescriptors = {value}", 2, "privacy.descriptors: .*such as 24h or 30d, or forever")
            for value in ('"a day"', '"-24h"', "24", "true", '""', '"24"')
        ),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    file = write(tmp_path, text)
    with pytest.raises(ConfigError, match=message) as caught:
        load_config(file)
    assert str(caught.value).startswith(f"{file} line {line}: ")
    assert "\n" not in str(caught.value)


def test_all_that_a_camera_can_be_told(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        """
        [cameras.door]
        viewpoint = "top"
        sensitivity = "5/10"
        min_target_size = "1/3"
        background_update_rate = "0/5"
        scene_change_level = 70
        min_size = "10/100"
        area = "desk"
        schedule = ["mon-fri 09:00-21:00", "fri 22:00-02:00"]
        staff_zones = ["till", "desk"]
        time_pattern = "cam_*_%Y%m%d_%H%M"
        [cameras.door.zones]
        till.circle = [0.4, 0.6, 0.1]
        way.line = [[0.0, 0.8], [0.2, 0.9]]
        [cameras.door.regions]
        desk = [[0.1, 0.5], [0.9, 0.5], [0.9, 1.0]]
        [cameras.wall]
        """,
    )
    door, wall = (load_config(file).cameras[name] for name in ("door", "wall"))
    assert (door.tracking_mode, wall.tracking_mode) == (TrackingMode.CENTROID, TrackingMode.BOTTOM_CENTER)
    scales = (door.sensitivity, door.min_target_size, door.background_update_rate, door.scene_change_level)
    assert scales == (50, 33, 0, 70)
    assert (door.min_size, door.area, wall.area) == (0.1, ("desk",), ())
    assert door.zones["way"].line == ((0.0, 0.8), (0.2, 0.9))
    assert door.regions["desk"][1] == (0.9, 0.5)


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path / "gone.toml")


def test_a_file_may_begin_with_the_mark_that_windows_writes(tmp_path: Path) -> None:
    file = tmp_path / "heatcli.toml"
    file.write_bytes(b'\xef\xbb\xbftimezone = "Europe/Zagreb"')
    assert load_config(file).timezone == "Europe/Zagreb"


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("", timedelta(hours=24)),
        ('"36h"', timedelta(hours=36)),
        ('"2d12h"', timedelta(hours=60)),
        ('"forever"', None),
    ],
)
def test_how_long_descriptors_are_kept(tmp_path: Path, said: str, kept: timedelta | None) -> None:
    text = f"[privacy]\ndescriptors = {said}" if said else ""
    assert load_config(write(tmp_path, text)).privacy.descriptors == kept


def test_no_file_means_the_defaults() -> None:
    assert load_config(None).timezone == "UTC"


def test_a_view_can_say_what_the_command_line_can(tmp_path: Path) -> None:
    text = """
        [views.mornings]
        label = "doors"
        cameras = ["door", "till*"]
        hours = "09:00-12:00"
        weekdays = "mon-fri"
        from = 2026-03-14T10:00:00
        date = 2026-03-14
        objects_to_track = ["person", "car"]
        min_dwell_s = 2
    """
    view = load_config(write(tmp_path, text)).view("mornings")
    assert read_options(Selection, view.said) == Selection(
        labels=("doors",),
        cameras=("door", "till*"),
        hours=("09:00-12:00",),
        weekdays="mon-fri",
        start=datetime(2026, 3, 14, 10),
        dates=((date(2026, 3, 14), date(2026, 3, 14)),),
        objects_to_track=("person", "car"),
        min_dwell_s=2.0,
    )
    with pytest.raises(UsageError, match="no view 'mornigs' in the configuration; it has 'mornings'"):
        load_config(tmp_path / "heatcli.toml").view("mornigs")


@pytest.mark.parametrize(
    ("heading", "model"),
    [
        ("## The file", Config),
        ("## A camera", CameraConfig),
        ("## How maps look", MapLook),
        ("## Views", ViewConfig),
        ("## Privacy", PrivacyConfig),
    ],
)
def test_every_key_is_documented(heading: str, model: type[BaseModel]) -> None:
    page = DOCS / "configuration.md"
    section = page.read_text().split(f"\n{heading}\n")[1].split("\n## ")[0]
    keys = {field.alias or name for name, field in model.model_fields.items()}
    assert set(re.findall(r"^\| `(\w+)`", section, flags=re.MULTILINE)) == keys


def test_each_key_of_a_view_is_documented_with_its_option() -> None:
    section = (DOCS / "configuration.md").read_text().split("\n## Views\n")[1].split("\n## ")[0]
    options = [(one.option.key or one.name, one.flag) for one in declared(SelectionFields)]
    assert re.findall(r"^\| `(\w+)` \| `(--[\w-]+)`", section, flags=re.MULTILINE) == options


def test_two_corners_are_a_rectangle(tmp_path: Path) -> None:
    file = tmp_path / "heatcli.toml"
    file.write_text(
        "[cameras.a.masks]\nm = [[0.1, 0.2], [0.5, 0.6]]\n[cameras.a.zones]\n"
        "z = { polygon = [[0.5, 0.6], [0.1, 0.2]] }\n"
    )
    camera = load_config(file).camera("a")
    assert camera.masks["m"] == ((0.1, 0.2), (0.5, 0.2), (0.5, 0.6), (0.1, 0.6))
    assert camera.zones["z"].polygon == ((0.5, 0.6), (0.1, 0.6), (0.1, 0.2), (0.5, 0.2))
