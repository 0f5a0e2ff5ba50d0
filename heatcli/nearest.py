"""What somebody may have meant who wrote a name that is not known."""

import difflib
from collections.abc import Iterable

from heatcli.errors import UsageError


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return `; did you mean NAME?` with the nearest known name, and nothing where none is near."""
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""


def unknown(name: str, known: Iterable[str], *, kind: str, where: str) -> UsageError:
    """Return the error that says which known names are nearest or, where none is near, the first few."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, cutoff=0.5) or names[:5]
    has = ", ".join(repr(candidate) for candidate in near) or "none yet"
    return UsageError(f"no {kind} {name!r} in {where}; it has {has}")
