"""`heatcli clips`: what it lists and forgets."""

from pathlib import Path

import pytest

from heatcli.store.store import Store
from tests.support.command_line import done, refused, run
from tests.support.store_runs import clip_row, put


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Two cameras that hold the same clip."""
    store = Store.create_or_open(tmp_path / "store")
    put(store, clip_row("door"))
    put(store, clip_row("till"))
    return store


def test_a_camera_that_the_store_does_not_have_is_refused(store: Store) -> None:
    line = refused(run("clips", "--store", store.path, "--camera", "dor"))
    assert "no camera 'dor' in the store; it has 'door'" in line


@pytest.mark.parametrize(("options", "left"), [([], []), (["--camera", "door"], ["till"])])
def test_a_clip_is_forgotten_of_all_cameras_or_of_one(
    store: Store, options: list[str], left: list[str]
) -> None:
    done(run("clips", "--store", store.path, "--remove", clip_row().clip, *options))
    assert [row.camera for row in store.clips()] == left
