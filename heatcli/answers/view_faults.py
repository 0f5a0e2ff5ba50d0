"""Cameras that see nothing, or something else than on the days before, in words."""

from collections.abc import Sequence

from heatcli.config.models import Config
from heatcli.select.views.camera import ViewTrouble, newest_troubles
from heatcli.store.store import Store

_ZONES = "; its zones were drawn on the view before: see whether they still fit"
_OF_ANOTHER_VIEW = ("turned", "another scene")


def newest_view_faults(store: Store, config: Config) -> list[dict[str, str]]:
    """Tell what is wrong with the view of each camera on the last two days that it recorded.

    Returns:
        For each trouble the `camera`, its `kind` (`heatcli.select.views.camera.ViewTrouble`) and a sentence,
        `what`.

    Raises:
        StoreError: the store cannot be read.
    """
    return [
        {"camera": camera, "kind": trouble.kind, "what": sentence}
        for camera, troubles in newest_troubles(store).items()
        for trouble, sentence in zip(troubles, view_sentences(camera, troubles, config), strict=True)
    ]


def view_sentences(camera: str, troubles: Sequence[ViewTrouble], config: Config) -> list[str]:
    """Return a sentence for each trouble of a camera, without a full stop."""
    zones = _ZONES if config.camera(camera).zones else ""
    return [
        f"camera {camera!r} {trouble.sentence}{zones if trouble.kind in _OF_ANOTHER_VIEW else ''}"
        for trouble in troubles
    ]
