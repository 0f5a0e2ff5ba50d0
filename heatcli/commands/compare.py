"""The work behind `heatcli compare`: what differs between two periods, or two cameras."""

from heatcli.answers.comparison import CameraComparison, compare_cameras
from heatcli.config.models import Config
from heatcli.config.settings import RenderSettings
from heatcli.errors import UsageError
from heatcli.select.each import Each, unwatched
from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.store.store import Store


def compare_selections(
    *,
    store: Store,
    a: Selection,
    b: Selection,
    settings: RenderSettings,
    config: Config | None = None,
    each: Each = unwatched,
) -> list[CameraComparison]:
    """Compare the people counted by two selections: camera by camera, or one camera with another.

    Args:
        store: heat store to read from.
        a: first selection.
        b: second selection.
        settings: metric, grid and smoothing.
        config: configuration (`heatcli.toml`), for who counts; None for the defaults.
        each: way through the cameras, which may show how far it is.

    Raises:
        UsageError: the selections have different cameras, and one of them has several.
        StoreError: the store cannot be read.
    """
    snapshot = store.snapshot()
    cameras_a, cameras_b = (selected_cameras(store, one, config, snapshot=snapshot) for one in (a, b))
    if len(cameras_a) == len(cameras_b) == 1:
        return [compare_cameras(cameras_a[0], cameras_b[0], settings)]
    names_a, names_b = ([camera.name for camera in cameras] for cameras in (cameras_a, cameras_b))
    if names_a != names_b:
        raise UsageError(
            f"{', '.join(names_a)} against {', '.join(names_b)}: name one camera with --a-camera and one "
            "with --b-camera"
        )
    return [compare_cameras(*pair, settings) for pair in each([*zip(cameras_a, cameras_b, strict=True)])]
