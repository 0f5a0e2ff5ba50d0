"""All options of all commands with the extremes of their types: each is used, or refused in one line."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from heatcli.cli.app import app
from heatcli.cli.options.types import Bounded
from tests.support.command_line import answer, done, refused, run

COMMANDS: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # it is a group

NUMBERS = (
    *(
        "",
        "nan",
        "inf",
        "-inf",
        "-1",
        "0",
        "1",
        "2",
        "3.5",
        "1e-320",
        "1e-9",
        "1e9",
        "1e30",
        "1e300",
        "1e999",
    ),
    *("2147483647", "2147483648", "99999999999", "9" * 5000, "1_000", "²", "a\nb"),
)
TEXTS = (
    *("", " ", ",,", ".", "/gone/x.png", "person.", "-1", "nan", "1e300", "x" * 300, "x" * 100_000),
    *("Küche 人 🎥", "a\nb.png", "\x1b[31m", "\0", "\udcff", "c0ffee0123456789:0", "inf,inf,inf"),
    *(
        "0001-01-01",
        "9999-12-31T23:59:59..",
        "+99999999d",
        "99999999999x99999999999",
        "2147483647x2147483647",
    ),
    *("²x²", "8192x8192"),
)

# What each command needs to do something, in the folder of `place`.
NEEDED: dict[str, dict[str, str]] = {
    "analyze": {"sources": "clip.txt", "--detector": "motion"},
    "render": {"--output": "heat.npz"},
    "zone": {"--top": "1"},
    "area": {"--config": "hall.toml"},
    "report": {},
    "export": {"kind": "daily", "--format": "csv", "--start": "2026-03-14"},
    "compare": {"--a": "2026-03-14", "--b": "2026-03-15", "--output": "compare.csv"},
    "score": {"truth": "mot.txt"},
    "import": {
        "files": "mot.txt",
        "--format": "mot",
        "--camera": "door",
        "--size": "240x180",
        "--fps": "10",
        "--start": "2026-03-14",
    },
    "cameras": {},
    "audit": {"--camera": "door", "--date": "2026-03-14"},
    "correct": {},
    "init": {"folder": ".", "--output": "init.toml"},
    "check": {"--config": "check.toml"},
    "purge": {"--camera": "nobody"},
    "privacy": {},
    "run": {"--config": "night.toml"},
    "anonymise": {"clip": "clip.txt", "--output": "nobody.mp4"},
    "clips": {"--camera": "door"},
    "zones": {"camera": "door"},
}
# What options need beside them: without it, they are refused whatever their value.
BESIDE: dict[str, tuple[str, ...]] = {
    "--points": ("--density",),
    "--bandwidth": ("--density", "--points", "points.csv"),
    "--size": ("--density", "--points", "points.csv"),
    "--window-seconds": ("--accumulation-mode", "decaying"),
    "--max-value": ("--normalization", "absolute"),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store, and files of points and trajectories."""
    folder = tmp_path_factory.mktemp("extremes")
    (folder / "points.csv").write_text("1,2\n30,40\n50,10\n")
    (folder / "mot.txt").write_text("".join(f"{n},1,{10 + n},20,8,24,1\n" for n in range(1, 30)))
    (folder / "clip.txt").write_text("no video")
    (folder / "check.toml").write_text("[cameras.door]\nsources = ['clip.txt']\n")
    (folder / "hall.toml").write_text(
        "[cameras.door.zones]\nin = { line = [[0.5, 0], [0.5, 1]] }\n[areas.hall]\ndoors = ['door.in']\n"
    )
    (folder / "night.toml").write_text("detector = 'motion'\n[cameras.door]\nsources = ['gone/*.mp4']\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        done(run("import", *words("import")))
    return folder


def words(command: str, *without: str) -> list[str]:
    """Return what a command needs, but for some options."""
    needed = {name: value for name, value in NEEDED[command].items() if name not in without}
    flags = [word for name, value in needed.items() if name.startswith("-") for word in (name, value)]
    return [*flags, *(value for name, value in needed.items() if not name.startswith("-"))]


def parameters() -> Iterator[tuple[str, Any]]:
    """Yield the options and arguments of all commands, each with its command."""
    for command, known in COMMANDS.items():
        for parameter in known.params:
            yield command, parameter


def tried() -> Iterator[Any]:
    """Yield what takes more than a choice: command, option or argument, and the extremes of its type."""
    for command, parameter in parameters():
        kind = parameter.type_descriptor
        if kind.parameter_info.parser is not None:
            name = max(parameter.opts, key=len)
            extremes = NUMBERS if kind.annotation in (float, int) else TEXTS
            yield pytest.param(command, name, extremes, id=f"{command} {name}")


def test_every_option_has_a_type_with_bounds() -> None:
    for command, parameter in parameters():
        kind = parameter.type_descriptor
        bounded = isinstance(kind.parameter_info.parser, Bounded)
        assert bounded or kind.is_choice or kind.annotation is bool, f"{command} {parameter.name}"


@pytest.mark.slow
@pytest.mark.parametrize(("command", "name", "extremes"), [*tried()])
def test_an_extreme_is_used_or_refused_in_one_line(
    place: Path, monkeypatch: pytest.MonkeyPatch, command: str, name: str, extremes: tuple[str, ...]
) -> None:
    monkeypatch.chdir(place)
    monkeypatch.setenv("XDG_STATE_HOME", str(place / "state"))
    for value in extremes:
        said = [f"{name}={value}"] if name.startswith("-") else ["--", value]
        beside = BESIDE.get(name, ()) if command == "render" else ()
        # Warnings are errors in tests, so they would end in code 70.
        result = run(command, *words(command, name), *beside, *said)
        assert result.exit_code in (0, 1, 2), f"{value[:50]!r}: {result.output}"
        if result.exit_code:
            assert result.stdout == "", f"{value[:50]!r}"
            assert result.stderr.count("\n") == 1, f"{value[:50]!r}: {result.stderr}"
            assert 20 < len(result.stderr) < 1000, f"{value[:50]!r}"
            assert result.stderr.rstrip("\n").isprintable(), f"{value[:50]!r}"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("render", "--speed", "inf", "-o", "x.mp4"),
            "--speed: 'inf' is not possible; give a number, at least",
        ),
        (("render", "--density", "--points", "huge.csv"), "huge.csv: line 2 is no point: '1e300,3'"),
        (("render", "--density", "--points", "inf.csv"), "inf.csv: line 1 is no point: 'inf,2'"),
        (
            ("render", "--density", "--bandwidth", "1e300"),
            "--bandwidth: '1e300' is not scott, silverman or a",
        ),
        (("zone", "--top", "1", "--objects-to-track", ",,"), "--objects-to-track: ',,' names nothing"),
        (("zone", "--top", "1", "--objects-to-track", "person."), "'person.' begins or ends with a dot"),
        (("score", "mot.txt", "--objects-to-track", ".red"), "'.red' begins or ends with a dot"),
        (("clips", "--store", "mot.txt"), "--store: 'mot.txt' is a file; name a folder"),
        (("zone", "--zzz"), "No such option: --zzz; see heatcli zone --help"),
        (("zoen",), "Did you mean 'zone', 'zones'?; see heatcli --help"),
    ],
)
def test_what_is_refused_says_why(
    place: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], message: str
) -> None:
    monkeypatch.chdir(place)
    (place / "huge.csv").write_text("1,2\n1e300,3\n")
    (place / "inf.csv").write_text("inf,2\n3,4\n")
    result = run(*arguments)
    assert message in result.stderr
    assert result.exit_code == (1 if "--points" in arguments else 2)
    assert result.stderr.count("\n") == 1
    assert message in answer(run(*arguments, "--json"), result.exit_code)["error"]


def test_a_track_that_is_none_is_not_excluded(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    (clip,) = {row["clip"] for row in answer(run("clips", "--camera", "door", "--json"))["clips"]}
    done(run("zone", "--top", "1", "--exclude", f"{clip}:1"))
    line = refused(run("zone", "--top", "1", "--exclude", f"{clip}:0"))
    assert f"no trajectory '{clip}:0' in the store; it has '{clip}:1'" in line


@pytest.mark.parametrize("size", ["24x18", "120x90"])
def test_a_frame_smaller_than_its_boxes_is_refused(tmp_path: Path, size: str) -> None:
    boxes = tmp_path / "mot.txt"
    boxes.write_text("".join(f"{n},1,{5 * n},{40 + 4 * n},8,24,1\n" for n in range(1, 40)))
    needed = [*words("import", "files", "--size"), "--store", tmp_path / "store", boxes]
    assert f"--size {size}: " in refused(run("import", "--size", size, *needed))
    assert not (tmp_path / "store").exists()
    done(run("import", "--size", "240x240", *needed))


def test_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    boxes = tmp_path / "mot.txt"
    boxes.write_bytes(b"\xef\xbb\xbf1,1,10,20,8,24,1\n2,1,11,20,8,24,1\n")
    told = run("import", *words("import", "files"), "--store", tmp_path / "store", boxes, "--json")
    (clip,) = answer(told)["clips"]
    assert clip["rows"] == 2
