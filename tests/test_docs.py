"""The documentation says what the program does."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import jsonschema
import pytest
import yaml

import heatcli
from docs.make_maps import make as make_maps
from docs.make_reference import TARGET, reference
from docs.make_schema import SCHEMA, schema_text
from docs.make_tutorial import REPORT
from docs.make_tutorial import make as make_tutorial
from docs.make_tutorial import pictures as drawn
from docs.make_zones import make as make_zones
from docs.man_pages import FOLDER, man_pages
from heatcli.cli.app import app
from heatcli.config.models import config_of
from heatcli.store.schema import TABLES, table_schema
from tests.support.places import PACKAGE, ROOT
from tests.test_imports import LAYERS

PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]


def test_the_reference_is_what_the_program_says() -> None:
    assert reference() == TARGET.read_text(), "run python docs/make_reference.py"


def test_the_man_pages_are_what_the_program_says() -> None:
    written = {file.name: file.read_text() for file in FOLDER.iterdir()}
    assert written == man_pages(), "run python docs/make_reference.py"


@pytest.mark.skipif(shutil.which("man") is None, reason="there is no man")
def test_man_shows_the_pages_without_a_complaint() -> None:
    command = ["man", "--warnings=w", "--local-file", *map(str, FOLDER.iterdir())]
    environment = {**os.environ, "MANWIDTH": "100", "MAN_KEEP_FORMATTING": "", "LC_ALL": "C.UTF-8"}
    shown = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert shown.stderr == ""
    assert shown.stdout.count("SYNOPSIS\n") == 1 + len(app.registered_commands)


def test_every_command_is_in_the_reference() -> None:
    for info in app.registered_commands:
        assert f"## heatcli {info.name}" in TARGET.read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", page.read_text()):
        assert target.startswith("https://") or (page.parent / target).exists(), target


@pytest.mark.parametrize(
    ("page", "top"),
    [("docs/architecture.md", PACKAGE), ("CONTRIBUTING.md", ROOT)],
    ids=["architecture", "contributing"],
)
def test_files_that_a_page_names_are_there(page: str, top: Path) -> None:
    """By their paths within `top` or the repository; capitals stand for any name."""
    named = re.findall(r"`([\w./-]+/[\w./-]*|\w+\.py)`", (ROOT / page).read_text())
    files = [name for name in named if "NAME" not in name]
    assert len(files) > 20
    for file in files:
        assert (top / file).exists() or (ROOT / file).exists(), file


def test_the_drawing_of_the_layers_is_what_the_test_of_imports_holds() -> None:
    """From the top down, each line one layer, and behind it what it is for."""
    section = (ROOT / "docs/architecture.md").read_text().split("\n## Layers")[1]
    drawn = section.split("```text\n")[1].split("\n```")[0].splitlines()
    layers = [tuple(re.split("  +", line)[0].split(", ")) for line in drawn]
    assert layers == list(reversed(LAYERS))


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_whoever_is_new_is_led_to_how_it_is_built(page: str) -> None:
    linked = set(re.findall(r"\]\(([^)#]+)", (ROOT / page).read_text()))
    assert {"docs/architecture.md", "docs/decisions.md", "docs/glossary.md"} <= linked


def test_every_page_and_notebook_is_in_the_navigation_of_the_site_once() -> None:
    chapters = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
    places = [place for chapter in chapters for place in chapter.values()]
    listed = [page for place in places for page in ([place] if isinstance(place, str) else _values(place))]
    pages = [file.name for file in (ROOT / "docs").glob("*.md")]
    notebooks = [f"notebooks/{file.stem}.md" for file in (ROOT / "docs/notebooks").glob("*.ipynb")]
    assert sorted(listed) == sorted([*pages, *notebooks, "changelog.md", "contributing.md"])


def _values(entries: list[dict[str, str]]) -> list[str]:
    return [value for entry in entries for value in entry.values()]


def test_the_schema_page_has_every_column() -> None:
    page = (ROOT / "docs" / "store.md").read_text()
    for name in TABLES:
        section = page.split(f"## `{name}`")[1].split("\n## ")[0]
        documented = re.findall(r"^\| `(\w+)`", section, flags=re.MULTILINE)
        assert sorted(documented) == sorted(table_schema(name).names()), name


def test_every_example_of_a_configuration_is_valid_as_it_stands() -> None:
    """What nobody can try on its own is no example; numbers tell which one is wrong."""
    examples = [
        (page.name, number, text)
        for page in PAGES
        for number, text in enumerate(re.findall(r"```toml\n(.*?)```", page.read_text(), re.DOTALL))
    ]
    for page, number, text in examples:
        config_of(text, Path(f"example {number} of {page}"))
    first = next(text for page, _, text in examples if page == "configuration.md")
    assert list(config_of(first, Path("heatcli.toml")).cameras) == ["entrance"]


def test_editors_get_the_schema_of_the_configuration() -> None:
    schema = json.loads(SCHEMA.read_text())
    assert schema_text() == SCHEMA.read_text(), "run python docs/make_schema.py"
    jsonschema.Draft202012Validator.check_schema(schema)
    page = (ROOT / "docs" / "configuration.md").read_text()
    whole, *parts = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    found = jsonschema.Draft202012Validator(schema)
    for text in (whole, *(part for part in parts if part.startswith("["))):
        document = json.loads(json.dumps(tomllib.loads(text), default=str))
        assert not [error.message for error in found.iter_errors(document)], text
    assert [*found.iter_errors({"cameras": {"door": {"sourcs": ["a.mp4"]}}})]


def test_the_public_names_are_there() -> None:
    for name in heatcli._HOMES:
        assert getattr(heatcli, name).__doc__
        assert name in dir(heatcli)
        assert name in (heatcli.__doc__ or "")
    with pytest.raises(AttributeError):
        _ = heatcli.no_such_name


def test_the_site_begins_with_the_main_job_of_the_readme() -> None:
    """Its commands after the install, which the test of maps runs as they stand."""
    line = next(line for line in (ROOT / "README.md").read_text().splitlines() if "analyze samples/" in line)
    commands = [part.strip().removeprefix(".venv/bin/") for part in line.split("&&") if "bin/heatcli" in part]
    page = (ROOT / "docs/index.md").read_text(encoding="utf-8")
    assert page.split("```sh\n")[1].split("```")[0].splitlines() == commands


@pytest.mark.slow
def test_the_tables_of_accuracy_are_made_by_their_command(tmp_path: Path, walkers: Path) -> None:
    """Of a clip of 10 frames a second; what stands around them stays."""
    clip, page = tmp_path / "walkers.mp4", tmp_path / "accuracy.md"
    shutil.copy2(walkers, clip)
    clip.with_suffix(".gt.txt").write_text("".join(f"{n + 1},1,{2 * n},60,16,50,1\n" for n in range(10, 90)))
    shutil.copy(ROOT / "docs" / "accuracy.md", page)
    command = [
        sys.executable,
        str(ROOT / "docs" / "make_accuracy.py"),
        str(clip),
        "-o",
        str(page),
    ]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    before, made, after = re.split(r"(?s)(<!-- made by .*<!-- end -->)", page.read_text())
    assert (ROOT / "docs" / "accuracy.md").read_text().startswith(before)
    assert (ROOT / "docs" / "accuracy.md").read_text().endswith(after)
    lines = [line.split(" | ") for line in made.splitlines() if line.startswith("| motion")]
    assert [line[1] for line in lines] == ["auto (default)", "every"]
    assert int(lines[0][2]) < int(lines[1][2]) == 100


@pytest.mark.slow
def test_the_commands_of_maps_run_as_they_stand_and_make_its_pictures(tmp_path: Path) -> None:
    make_maps(tmp_path)
    made = {file.name for file in tmp_path.iterdir()}
    assert made == set(re.findall(r"\(maps/(\S+)\)", (ROOT / "docs/maps.md").read_text(encoding="utf-8")))
    assert made == {file.name for file in (ROOT / "docs/maps").iterdir()}


@pytest.mark.slow
def test_the_commands_of_zones_make_its_pictures(tmp_path: Path) -> None:
    make_zones(tmp_path)
    made = {file.name for file in tmp_path.iterdir()}
    assert made == set(re.findall(r"\(zones/(\S+)\)", (ROOT / "docs/zones.md").read_text(encoding="utf-8")))
    assert made == {file.name for file in (ROOT / "docs/zones").iterdir()}


@pytest.mark.slow
def test_the_commands_of_the_tutorial_run_and_print_what_stands_below_them(tmp_path: Path) -> None:
    page = (ROOT / "docs/tutorial.md").read_text(encoding="utf-8")
    assert make_tutorial(tmp_path) == page, "run python -m docs.make_tutorial"
    shown = set(re.findall(r"\(tutorial/(\S+)\)", page))
    assert shown == {*drawn(tmp_path), REPORT} == {file.name for file in (ROOT / "docs/tutorial").iterdir()}


@pytest.mark.slow
def test_the_site_is_built_strictly_with_its_notebooks_and_loads_nothing_from_elsewhere(
    tmp_path: Path,
) -> None:
    """A broken link, a page outside the navigation and an error in a notebook end the build."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    for file in tmp_path.rglob("*.html"):
        loads = re.findall(
            r"<(?:script|link|img|source|iframe)\b[^>]*?(?:src|href)=\"?(\S+)", file.read_text()
        )
        assert not [address for address in loads if "//" in address], file
    for notebook in (ROOT / "docs/notebooks").glob("*.ipynb"):
        page = (tmp_path / f"notebooks/{notebook.stem}.html").read_text(encoding="utf-8")
        assert page.count(f'src="{notebook.stem}/') > 0
        assert "Warning" not in page
        assert not [cell for cell in json.loads(notebook.read_text())["cells"] if cell.get("outputs")]
