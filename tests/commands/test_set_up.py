"""`heatcli init` and `heatcli check`: from a disk of recordings to a configuration that is content."""

import importlib.metadata
import os
import shutil
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from heatcli.commands.check import check_all
from heatcli.config.models import load_config
from tests.support.command_line import answer, done, refused, run
from tests.support.make_clips import numbered, write_clip

RECORDERS = {
    "folders": ("ch1/2026-03-14/10.00.00-10.00.01.mp4", "ch2/2026-03-14/10.00.00-10.00.01.mp4"),
    "names": ("nvr_ch1_main_20260314100000_20260314100001.mp4", "nvr_ch2_main_20260314100000.mp4"),
    "dahua": (
        "2026-03-14/001/dav/10/10.00.00-10.00.01[R][0@0][0].mp4",
        "2026-03-14/002/dav/10/10.00.00-10.00.01[R][0@0][0].mp4",
    ),
}


@pytest.fixture(autouse=True)
def model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Name a model, which is looked at by analyses only."""
    monkeypatch.setenv("HEATCLI_WEIGHTS", "model.onnx")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    write_clip(path, [numbered(number) for number in range(25)])
    return path


def record(clip: Path, *names: str) -> None:
    """Put copies of a clip in the folder `nvr`, each with some bytes of its own behind it."""
    for number, name in enumerate(names):
        path = Path("nvr") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(clip, path)
        with path.open("ab") as file:
            file.write(bytes([0, 0, 0, 9]) + b"free" + bytes([number]))
        old = datetime.now(UTC).timestamp() - 60
        os.utime(path, (old, old))


@pytest.mark.parametrize("recorder", RECORDERS)
def test_a_disk_of_recordings_becomes_a_configuration(folder: Path, clip: Path, recorder: str) -> None:
    record(clip, *RECORDERS[recorder])

    proposed = answer(run("init", "nvr", "--timezone", "Europe/Zagreb", "--json"))
    assert [one["clips"] for one in proposed["cameras"]] == [1, 1]
    assert proposed["warnings"] == []
    assert answer(run("check", "--json"))["findings"] == []
    found = answer(run("analyze", "--detector", "motion", "--json"))["clips"]
    assert [one["status"] for one in found] == ["analysed", "analysed"]
    rows = answer(run("clips", "--json"))["clips"]
    assert {row["start"] for row in rows} == {"2026-03-14T09:00:00+00:00"}
    assert {row["camera"] for row in rows} == {one["camera"] for one in proposed["cameras"]}


def test_the_file_is_commented_and_nothing_is_overwritten(folder: Path, clip: Path) -> None:
    record(clip, 'a"b \x7fé/2026-03-14 10.00.00.mp4')
    done(run("init", "nvr", "--timezone", "UTC"))
    text = Path("heatcli.toml").read_text(encoding="utf-8")
    assert "# 1 clip; recorded from 2026-03-14 10:00 to 2026-03-14 10:00, by their names" in text
    (camera,) = tomllib.loads(text)["cameras"].values()
    assert camera["sources"] == ['nvr/a"b \x7fé/*.mp4']
    assert "heatcli.toml: is there already" in refused(run("init", "nvr"))
    assert "is no folder" in refused(run("init", "nothing", "-o", "other.toml"))
    Path("empty").mkdir()
    assert "holds no videos" in refused(run("init", "empty", "-o", "other.toml"))


def test_names_without_a_time_are_told(folder: Path, clip: Path) -> None:
    record(clip, "door.mp4", "05-04-2024 13-00-00.mp4")
    warnings = answer(run("init", "nvr", "--json"))["warnings"]
    assert any("their names hold no time" in line for line in warnings)
    assert any("may be 5 April 2024 or 4 May 2024" in line for line in warnings)


def test_what_is_wrong_is_found(folder: Path, clip: Path) -> None:
    record(clip, "door_2026-03-14 10.00.00.mp4", "strange.mp4", "yard.mp4")
    Path("heatcli.toml").write_text(
        '[cameras.door]\nsources = ["nvr/door_*.mp4"]\nweights = "gone.pt"\n'
        '[cameras.yard]\nsources = ["nvr/yard.mp4"]\n[cameras.copy]\nsources = ["nvr/ya*.mp4"]\n'
        '[cameras.lost]\nsources = ["nvr/lost/*.mp4"]\n'
    )
    future = datetime.now(UTC) + timedelta(days=3)
    record(clip, f"door_{future:%Y-%m-%d %H.%M.%S}.mp4")

    health = answer(run("check", "--json"), 1)
    told = {(one["part"], one["what"].split(":")[0]) for one in health["findings"]}
    assert ("configuration", "camera 'lost'") in told
    assert ("configuration", "camera 'door'") in told
    assert ("clips", "nvr/yard.mp4") in told
    assert any(part == "clips" and what.endswith("strange.mp4 and 1 more there") for part, what in told)
    assert ("clocks", "camera 'door'") in told
    assert health["ok"] is False
    assert "clocks: camera 'door'" in run("check").stdout


def test_a_folder_without_a_configuration_is_not_all_right(folder: Path) -> None:
    (found,) = answer(run("check", "--json"), 1)["findings"]
    assert "heatcli init FOLDER" in found["what"]
    Path("heatcli.toml").write_text("[cameras.yard]\n")
    (found,) = answer(run("check", "--json"), 1)["findings"]
    assert "no camera has `sources`" in found["what"]


def test_a_camera_that_has_stopped_is_found(folder: Path, clip: Path) -> None:
    record(clip, "door_2026-03-14 10.00.00.mp4")
    done(run("init", "nvr"))
    config, now = load_config(Path("heatcli.toml")), datetime.now(UTC)
    assert check_all(Path("store"), config, now=now).findings == ()
    (late,) = check_all(Path("store"), config, now=now + timedelta(days=2)).findings
    assert late.what.startswith("camera 'door': its newest file is of 2 d")


def test_a_model_that_is_not_fetched_yet_is_told_and_nothing_wrong(
    folder: Path, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HEATCLI_WEIGHTS")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    record(clip, "door_2026-03-14 10.00.00.mp4")
    done(run("init", "nvr"))
    health = answer(run("check", "--json"))
    assert [one["part"] for one in health["findings"]] == ["weights"]
    assert health["ok"] is True
    config = Path("heatcli.toml")
    config.write_text('detector = "motion"\n' + config.read_text())
    assert answer(run("check", "--json"))["findings"] == []


def test_a_damaged_store_is_found(folder: Path, clip: Path) -> None:
    record(clip, "door_2026-03-14 10.00.00.mp4")
    done(run("init", "nvr"))
    done(run("analyze", "--detector", "motion"))
    assert answer(run("check", "--json"))["ok"] is True
    file = next(Path("heat-store/clips").glob("*.parquet"))
    file.write_bytes(bytes(reversed(file.read_bytes())))
    assert any(one["part"] == "store" for one in answer(run("check", "--json"), 1)["findings"])


def test_check_does_without_what_only_some_models_need(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = importlib.metadata.version

    def without_ultralytics(name: str) -> str:
        if name == "ultralytics":
            raise importlib.metadata.PackageNotFoundError(name)
        return installed(name)

    monkeypatch.setattr("importlib.metadata.version", without_ultralytics)
    versions = answer(run("check", "--json"), run("check").exit_code)["versions"]
    assert versions["ultralytics"] == "not installed"
    assert versions["av"] == installed("av")
