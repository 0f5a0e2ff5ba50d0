"""The work behind `heatcli area`: how many people were in rooms."""

from collections.abc import Sequence

from heatcli.answers.area_reading import read_areas
from heatcli.answers.area_report import AreaReport
from heatcli.config.models import Config
from heatcli.errors import UsageError, unknown
from heatcli.names import By
from heatcli.select.selection import Selection
from heatcli.store.store import Store


def area_report(
    *,
    store: Store,
    selection: Selection,
    names: Sequence[str] = (),
    by: By | None = None,
    evidence: bool = False,
    config: Config,
) -> list[AreaReport]:
    """Tell how many people were in rooms.

    Args:
        store: heat store to read from.
        selection: selection of time and people; the doors say which cameras.
        names: rooms to tell of; empty for all.
        by: buckets that the period is divided into; None for none.
        evidence: whether the report tells which trajectories crossed the doors.
        config: configuration (`heatcli.toml`), which has the rooms.

    Returns:
        Reports of the rooms, in the order of the configuration.

    Raises:
        UsageError: the store holds no clips, the selection is invalid, no room is configured or none of that
            name, or the store has no clips of the camera of a door.
        StoreError: the store cannot be read.
    """
    if not config.areas:
        raise UsageError(
            "no areas are configured; name the doors of a room in heatcli.toml: "
            '[areas.NAME] doors = ["CAMERA.LINE"]'
        )
    for name in names:
        if name not in config.areas:
            raise unknown(name, config.areas, kind="area", where="the configuration")
    asked = [name for name in config.areas if name in names or not names]
    return read_areas(store, selection, asked, by, config, evidence=evidence)
