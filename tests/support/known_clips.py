"""Clips that a store has, of files that need not be videos: what is known is not decoded again."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from heatcli.analysis.models import Models
from heatcli.analysis.plan import settings_hash
from heatcli.config.settings import AnalyzeSettings
from heatcli.names import DetectorChoice
from heatcli.store.clips import ClipRow
from heatcli.store.commit import commit_run
from heatcli.store.identity import clip_id
from heatcli.store.store import Store, stored_path
from tests.support.make_clips import aged
from tests.support.store_runs import clip_row, track_rows, trajectory_rows


def motion_settings(**settings: Any) -> str:
    """Settings of an analysis by `motion`, as JSON."""
    return Models().resolved(AnalyzeSettings(detector=DetectorChoice.MOTION, **settings))


def know(
    file: Path,
    *,
    start: datetime,
    settings: str | None = None,
    camera: str = "door",
    store: Path = Path("heat-store"),
    **changes: Any,
) -> ClipRow:
    """Store a clip of that file, which is made if it does not exist, as analysed with these settings."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(os.fspath(file).encode())
        aged(file)
    stat, settings = file.stat(), motion_settings() if settings is None else settings
    row = clip_row(
        camera,
        clip_id(file),
        **{
            "start": start.astimezone(UTC),
            "start_source": "name",
            "path": stored_path(file),
            "bytes": stat.st_size,
            "mtime": stat.st_mtime_ns,
            "settings": settings,
            "settings_hash": settings_hash(settings),
            **changes,
        },
    )
    return commit_run(
        Store.create_or_open(store),
        clip=row,
        tracks=[track_rows(row)],
        trajectories=trajectory_rows(row),
        plate=None,
    )
