"""The versions that CI installs are those of everything that the project names, and fit what it asks for."""

import tomllib
from itertools import chain

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.places import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PINS = [line for line in (ROOT / "requirements.lock").read_text().splitlines() if not line.startswith("#")]
NAMED = [
    requirement
    for text in chain(
        PROJECT["project"]["dependencies"],
        *PROJECT["project"]["optional-dependencies"].values(),
        *PROJECT["dependency-groups"].values(),
    )
    if (requirement := Requirement(text)).name != PROJECT["project"]["name"]
]


@pytest.mark.parametrize("named", NAMED, ids=lambda named: named.name)
def test_everything_named_has_one_version_that_fits(named: Requirement) -> None:
    pinned = {canonicalize_name(name): version for name, _, version in (pin.partition("==") for pin in PINS)}
    version = pinned.get(canonicalize_name(named.name))
    assert version is not None, "make requirements.lock again, as CONTRIBUTING.md says"
    assert named.specifier.contains(version)


def test_each_line_is_a_name_and_its_exact_version() -> None:
    """Nothing of the machine that made it, such as a folder or the address of an index."""
    for pin in PINS:
        name, _, version = pin.partition("==")
        assert str(Requirement(f"{name}=={version}")) == pin
        assert "/" not in pin
    assert len({canonicalize_name(pin.partition("==")[0]) for pin in PINS}) == len(PINS)


def test_the_install_without_pytorch_lacks_nothing_else() -> None:
    lines = (ROOT / "requirements-cpu.txt").read_text().splitlines()
    needed = [text for text in PROJECT["project"]["dependencies"] if Requirement(text).name != "ultralytics"]
    assert [line for line in lines if not line.startswith("#")] == needed
