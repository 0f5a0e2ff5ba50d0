"""heatcli.toml: what it says, whose clip is whose, and how mistakes are told."""

from pathlib import Path

import pytest

from heatcli.config import load_config
from heatcli.errors import ConfigError


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
    ("text", "message"),
    [
        ("timezone = 1 2", "not valid TOML.*line 1"),
        ('timezon = "UTC"', "timezon: no such key; did you mean timezone"),
        ('[cameras.a]\nsource = ["x"]', "cameras.a.source: no such key; did you mean sources"),
        ("[cameras.a.zones.till]\ncircel = [0.1, 0.1, 0.1]", "cameras.a.zones.till.circel.*circle"),
        ('timezone = "Europe/Zagrebb"', "timezone: no time zone is called 'Europe/Zagrebb'"),
        ("[cameras.a]\nsensitivity = 101", "cameras.a.sensitivity: .*less than or equal to 100"),
        ("[cameras.a.zones]\nz = { polygon = [[0.1, 0.1], [0.2, 0.2]] }", "cameras.a.zones.z.polygon"),
        ("[cameras.a.zones]\nz = {}", "cameras.a.zones.z: a zone is either a circle or a polygon"),
        ("[cameras.a.zones]\nz = { circle = [0.5, 1.5, 0.1] }", "less than or equal to 1"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, message: str) -> None:
    file = write(tmp_path, text)
    with pytest.raises(ConfigError, match=message) as caught:
        load_config(file)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path / "gone.toml")


def test_no_file_means_the_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_config(None).timezone == "UTC"
