"""Which settings have changed since a clip was analysed."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from heatcli.names import counted

# Characters that are shown of a value: a model is told by the beginning of its hash.
_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Change:
    """A setting that has another value now.

    Attributes:
        setting: name of the setting.
        before: value with which the clip was analysed.
        now: value with which it would be analysed now.
    """

    setting: str
    before: str
    now: str

    def __str__(self) -> str:
        if self.before == self.now:  # too long to be shown
            return f"{self.setting} changed"
        return f"{self.setting} changed from {self.before} to {self.now}"


def changes(before: str, now: str) -> tuple[Change, ...]:
    """Return what differs between the settings of two analyses, both as JSON."""
    old, new = dict(_flat(json.loads(before))), dict(_flat(json.loads(now)))
    names = sorted(old.keys() | new.keys())
    if old.get("detector") != new.get("detector"):
        # Settings that only one of the two detectors has tell nothing more.
        names = [name for name in names if name in old and name in new]
    return tuple(
        Change(_name(name), _text(old.get(name)), _text(new.get(name)))
        for name in names
        if old.get(name) != new.get(name)
    )


def told(found: Iterable[Change]) -> str:
    """List changes in words."""
    return ", ".join(map(str, found))


def _flat(settings: Mapping[str, object], within: str = "") -> Iterator[tuple[str, object]]:
    for name, value in settings.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{within}{name}.")
        else:
            yield f"{within}{name}", value


def _name(name: str) -> str:
    """Return the name under which a setting stands in `heatcli.toml`."""
    if name == "algorithm":
        return "the version of heatcli's algorithms"
    return name.removesuffix("_sha256").removeprefix("yolo.").removeprefix("motion.")


def _text(value: object) -> str:
    if value is None or value == []:
        return "none"
    if isinstance(value, list):
        words = all(isinstance(one, str) for one in value)
        return ",".join(value) if words else counted(len(value), "polygon")
    text = str(value)
    return text if len(text) <= 2 * _SHOWN else text[:_SHOWN]
