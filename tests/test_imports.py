"""Imports point one way, and nothing heavy is loaded for those who do not need it."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.places import PACKAGE

# From the ground up. A part may import from the layers below its own, and from itself; parts of one layer do
# not know each other, but for the loose modules of the ground.
GROUND = ("errors", "version", "names", "intervals", "geometry", "shapes", "clock", "files")
LAYERS = (
    GROUND,
    ("optics",),
    ("config", "store", "video"),
    ("detect",),
    ("track",),
    ("select", "analysis", "formats"),
    ("heat", "zones"),
    ("score",),
    ("picture", "charts"),
    ("answers",),
    ("report",),
    ("audit", "editor"),
    ("commands",),
    ("cli",),
    ("__main__",),
)
LAYER_OF = {part: number for number, parts in enumerate(LAYERS) for part in parts}


def part_of(module: str) -> str:
    """Return the top part of a module's dotted name, such as `store` of `heatcli.select.rows`."""
    return module.split(".")[1] if "." in module else "__init__"


def name_of(file: Path) -> str:
    """Return the dotted name of a file of the package."""
    return ".".join(("heatcli", *file.relative_to(PACKAGE).with_suffix("").parts))


def imports(source: str, package: str) -> Iterator[str]:
    """Yield what a source in a package imports from heatcli, except for type checking only.

    What is imported from heatcli itself is a module of its own: its public names come from all over the tree.
    """
    tree = ast.parse(source)
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.ImportFrom):
            above = package.split(".")[: package.count(".") + 2 - node.level] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            if module.startswith("heatcli."):
                yield module
            elif module == "heatcli":
                yield from (f"heatcli.{a.name}" for a in node.names if a.name != "__version__")
        elif isinstance(node, ast.Import):
            yield from (a.name for a in node.names if a.name.split(".")[0] == "heatcli")


@pytest.mark.parametrize(
    ("statement", "package", "module"),
    [
        ("import heatcli.cli.app", "heatcli.store", "heatcli.cli.app"),
        ("import heatcli", "heatcli.store", "heatcli"),
        ("from heatcli.cli import app", "heatcli.store", "heatcli.cli"),
        ("from heatcli import analyze", "heatcli.store", "heatcli.analyze"),
        ("from heatcli import analyze_clips", "heatcli.store", "heatcli.analyze_clips"),
        ("from .cli import app", "heatcli", "heatcli.cli"),
        ("from . import cli", "heatcli", "heatcli.cli"),
        ("from .rows import Rows", "heatcli.store", "heatcli.store.rows"),
        ("from ..cli import app", "heatcli.store", "heatcli.cli"),
        ("from .. import analyze", "heatcli.store", "heatcli.analyze"),
    ],
)
def test_no_way_to_write_an_import_is_overlooked(statement: str, package: str, module: str) -> None:
    assert list(imports(statement, package)) == [module]
    assert list(imports(f"if TYPE_CHECKING:\n    {statement}", package)) == []


@pytest.mark.parametrize("file", sorted(PACKAGE.rglob("*.py")), ids=lambda f: str(f.relative_to(PACKAGE)))
def test_imports_point_one_way(file: Path) -> None:
    part = file.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if part == "__init__":
        return  # the public names, loaded on demand
    assert part in LAYER_OF, f"say in LAYERS where {part} stands"
    package = ".".join(("heatcli", *file.relative_to(PACKAGE).parent.parts))
    for module in imports(file.read_text(), package):
        imported = part_of(module)
        assert imported in LAYER_OF, f"{file} imports {module}; import from the module that defines it"
        below = LAYER_OF[imported] < LAYER_OF[part]
        assert imported == part or below or {imported, part} <= set(GROUND), f"{file} imports {module}"


def test_no_modules_import_each_other_in_a_circle() -> None:
    imported = {
        name_of(file): set(imports(file.read_text(), name_of(file).rpartition(".")[0]))
        for file in PACKAGE.rglob("*.py")
        if file.name != "__init__.py"
    }
    done: set[str] = set()

    def follow(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, " -> ".join((*way, module))
        if module not in done:
            for below in imported.get(module, ()):
                follow(below, (*way, module))
            done.add(module)

    for module in imported:
        follow(module, ())


def test_the_rooms_stay_small() -> None:
    loose = list(PACKAGE.glob("*.py"))
    assert len(loose) <= 10, "a module belongs into the folder of its part"
    for file in PACKAGE.rglob("*.py"):
        most = 120 if PACKAGE / "cli" in file.parents else 300
        assert len(file.read_text().splitlines()) <= most, f"{file} has more than {most} lines"


@pytest.mark.parametrize(
    "file",
    sorted(file for part in ("heat", "zones") for file in (PACKAGE / part).rglob("*.py")),
    ids=lambda f: f"{f.parent.name}/{f.name}",
)
def test_heat_and_zones_are_pure_array_code(file: Path) -> None:
    names = {
        alias.name if isinstance(node, ast.Import) else node.module or ""
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    assert not {n.split(".")[0] for n in names} & {"cv2", "pathlib", "os", "polars", "deltalake"}
    assert "print(" not in file.read_text()


def loaded_by(statement: str) -> set[str]:
    """Return the top-level modules that a fresh interpreter has after a statement."""
    code = f"import sys\n{statement}\nprint(*sorted({{m.split('.')[0] for m in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return set(done.stdout.split())


def test_help_loads_nothing_heavy() -> None:
    heavy = {"numpy", "polars", "deltalake", "cv2", "av", "scipy", "pydantic", "rich", "tqdm", "matplotlib"}
    assert not loaded_by("import heatcli.cli.app") & heavy


def test_render_and_zone_load_no_model_or_chart_library() -> None:
    heavy = {"torch", "ultralytics", "openvino", "matplotlib", "av"}
    assert not loaded_by("import heatcli.commands.render, heatcli.answers.zone_table") & heavy
    # What finds groups and density takes longer to load than a map of an hour takes to compute.
    assert not loaded_by("import heatcli.commands.render") & {"scipy", "shapely"}
