"""The shop whose reports are exported."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from heatcli.store.store import Store
from tests.support.export_shop import CONFIG, ZAGREB, record


@pytest.fixture(scope="session")
def two_days(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with 100 s of each of two days."""
    store = Store.create_or_open(tmp_path_factory.mktemp("two-days") / "heat-store")
    record(store, datetime(2026, 3, 13, 10, 0, tzinfo=ZAGREB), people=1)
    record(store, datetime(2026, 3, 14, 10, 59, 10, tzinfo=ZAGREB), people=3)
    return store.path


@pytest.fixture(autouse=True)
def shop(two_days: Path, folder: Path) -> None:
    """Put the store and a configuration into the folder of the test."""
    (folder / "heatcli.toml").write_text(CONFIG)
    shutil.copytree(two_days, folder / "heat-store")
