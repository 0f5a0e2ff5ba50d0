"""Which cameras somebody means: by name, part of a name or pattern, by location and by label."""

from collections.abc import Collection, Iterable
from fnmatch import fnmatchcase

from heatcli.config.camera import CameraConfig
from heatcli.config.models import Config
from heatcli.errors import UsageError, unknown

# What makes a text a pattern.
_WILDCARDS = frozenset("*?[")


def matching_cameras(
    stored: Collection[str],
    config: Config,
    *,
    names: Iterable[str] = (),
    locations: Iterable[str] = (),
    labels: Iterable[str] = (),
    parts: bool = True,
) -> list[str]:
    """Find the cameras with one of the names, at one of the locations, and with one of the labels.

    A text means the name that equals it. If there is none, it means every name that it is a part of, or that
    it matches as a pattern with `*`, `?` and `[`; upper and lower case do not matter then. An argument that
    is not given does not restrict.

    Args:
        stored: names of the cameras that the store has.
        config: configuration, which has the locations and labels of cameras.
        names: names of cameras, parts of names or patterns.
        locations: configured locations, parts of them or patterns.
        labels: configured labels, parts of them or patterns; a camera may have several labels.
        parts: whether a text may be a part of a name; where clips are changed it may not, as it would mean
            `till2` once `till` is gone.

    Returns:
        Names of stored cameras, sorted.

    Raises:
        UsageError: a text matches nothing (the message gives the nearest names), or no camera is left.
    """
    found = set(stored)
    for kind, texts, words in (
        ("camera", tuple(names), {name: (name,) for name in stored}),
        ("location", tuple(locations), {name: _location(camera) for name, camera in config.cameras.items()}),
        ("label", tuple(labels), {name: camera.labels for name, camera in config.cameras.items()}),
    ):
        if texts:
            where = "the store" if kind == "camera" else "the configuration"
            known = {word for own in words.values() for word in own}
            meant = _meant(texts, known, kind=kind, where=where, parts=parts)
            found &= {name for name, own in words.items() if meant.intersection(own)}
    if stored and not found:
        raise UsageError(
            "no camera in the store has this name, location and label at once; `heatcli cameras` lists them"
        )
    return sorted(found)


def _location(camera: CameraConfig) -> tuple[str, ...]:
    return () if camera.location is None else (camera.location,)


def _meant(texts: Iterable[str], known: Collection[str], *, kind: str, where: str, parts: bool) -> set[str]:
    """Return the known words that any of the texts means.

    Raises:
        UsageError: a text means no known word.
    """
    meant: set[str] = set()
    for text in texts:
        found = {text} & set(known)
        if not found and (parts or _WILDCARDS.intersection(text)):
            found = {word for word in known if _is_like(word.casefold(), text.casefold(), parts=parts)}
        if not found:
            raise unknown(text, known, kind=kind, where=where)
        meant |= found
    return meant


def _is_like(word: str, text: str, *, parts: bool) -> bool:
    return bool(text) and ((parts and text in word) or fnmatchcase(word, text))
