"""docs/compared.md: each command that it names does what it says, on the sample."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.support.command_line import done, run
from tests.support.places import ROOT, SAMPLES

TEXT = (ROOT / "docs/compared.md").read_text(encoding="utf-8")
COMMANDS = sorted(set(re.findall(r"`heatcli ([^`]+)`", TEXT)) - {"export"})


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, analysed by the command of the README, and a file of points."""
    folder = tmp_path_factory.mktemp("compared")
    shutil.copytree(SAMPLES, folder, dirs_exist_ok=True)
    (folder / "points.csv").write_text(
        "x_coords,y_coords\n" + "".join(f"{n * 7 % 90},{n * n % 70}\n" for n in range(200))
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        done(run("analyze", "store.mp4", "--quiet"))
    return folder


def test_every_row_is_answered() -> None:
    rows = re.findall(r"^\| (\d+)\. ([^|]+) \| ([^|]+) \|$", TEXT, re.MULTILINE)
    assert [int(number) for number, _, _ in rows] == list(range(1, 94))
    assert all(len(answer) > 3 for _, _, answer in rows)


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_commands_run_as_they_stand(shop: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.chdir(shop)
    words = shlex.split(command)
    written = Path(words[words.index("-o") + 1]) if "-o" in words else None
    result = done(run(*words))
    if written is None:
        assert "store" in result.output
    else:
        assert written.exists()
        assert written.is_dir() or written.stat().st_size > 100
