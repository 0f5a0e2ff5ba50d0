"""Which cameras somebody means: by name, part of a name or pattern, by location and by label."""

from collections.abc import Collection, Iterable
from fnmatch import fnmatchcase

from heatcli.config.models import CameraConfig, Config
from heatcli.errors import UsageError, unknown


def matching_cameras(
    stored: Collection[str],
    config: Config,
    *,
    names: Iterable[str] = (),
    locations: Iterable[str] = (),
    labels: Iterable[str] = (),
) -> list[str]:
    """Find the cameras that are meant: one of the names, at one of the locations, with one of the labels.

    Each of these texts is what it names exactly; only if there is no such thing, everything that it is a part
    of or, with `*`, `?` and `[`, a pattern for; capitals do not matter then. What is not given does not
    restrict.

    Args:
        stored: names of the cameras that the store has.
        config: knows locations and labels.
        names: of cameras.
        locations: as configured.
        labels: as configured; a camera may have several.

    Returns:
        Names of stored cameras, sorted.

    Raises:
        UsageError: a text that matches nothing, with the nearest names; or nothing is left.
    """
    found = set(stored)
    for kind, texts, words in (
        ("camera", tuple(names), {name: (name,) for name in stored}),
        ("location", tuple(locations), {name: _location(camera) for name, camera in config.cameras.items()}),
        ("label", tuple(labels), {name: camera.labels for name, camera in config.cameras.items()}),
    ):
        if texts:
            where = "the store" if kind == "camera" else "the configuration"
            meant = _meant(texts, {word for own in words.values() for word in own}, kind=kind, where=where)
            found &= {name for name, own in words.items() if meant.intersection(own)}
    if stored and not found:
        raise UsageError("the store has no camera that is all of this; `heatcli cameras` lists what there is")
    return sorted(found)


def _location(camera: CameraConfig) -> tuple[str, ...]:
    return () if camera.location is None else (camera.location,)


def _meant(texts: Iterable[str], known: Collection[str], *, kind: str, where: str) -> set[str]:
    """Return the known words that any of the texts means.

    Raises:
        UsageError: one means none.
    """
    meant: set[str] = set()
    for text in texts:
        found = {text} & set(known) or {word for word in known if _is_like(word.casefold(), text.casefold())}
        if not found:
            raise unknown(text, known, kind=kind, where=where)
        meant |= found
    return meant


def _is_like(word: str, text: str) -> bool:
    return bool(text) and (text in word or fnmatchcase(word, text))
