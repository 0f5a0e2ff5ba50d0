"""What is known of pictures of empty scenes and how they lie on each other, so that none is looked at twice.

A file for each camera: `views/<camera>.json`. All in it can be computed again from the pictures, has no names
of clips in it, and shows no people.
"""

import hashlib
import json
import logging
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from heatcli.files import replacing
from heatcli.store.objects import working_folder

_log = logging.getLogger(__name__)

_FOLDER = "views"
# Whoever changes how pictures are measured or registered raises it.
_VERSION = 1
_KEY_LENGTH = 16

Numbers = tuple[float, ...]
"""What was found of a picture; nothing where nothing could be found."""


class ViewNotes:
    """What is known of the pictures of one camera.

    Args:
        store: folder of the store.
        camera: name of the camera.
    """

    def __init__(self, store: Path, camera: str) -> None:
        self._file = working_folder(store) / _FOLDER / f"{quote(camera, safe='')}.json"
        self._known: dict[str, dict[str, Numbers]] = {}
        self._asked = ""
        self._states: list[Numbers] = []
        self._is_new = False
        with suppress(OSError, ValueError, AttributeError, TypeError, KeyError):
            noted = json.loads(self._file.read_bytes())
            if noted["version"] == _VERSION:
                self._known = {
                    plate: {asked: tuple(map(float, found)) for asked, found in own.items()}
                    for plate, own in noted["plates"].items()
                }
                self._asked = noted["asked"]
                self._states = [tuple(map(float, state)) for state in noted["states"]]

    def of(self, plate: str, asked: Sequence[object] = ()) -> Numbers | None:
        """Return what was found when this was asked of a picture; None where it never was."""
        return self._known.get(_hash(plate), {}).get(_hash(asked))

    def note(self, plate: str, asked: Sequence[object], found: Numbers) -> None:
        """Note what was found."""
        self._known.setdefault(_hash(plate), {})[_hash(asked)] = found
        self._is_new = True

    def states(self, asked: Sequence[object]) -> list[Numbers] | None:
        """Return the states that were found when this was asked of all pictures; None where it was not."""
        return self._states if self._asked == _hash(asked) else None

    def note_states(self, asked: Sequence[object], states: Sequence[Numbers]) -> None:
        """Note the states of all pictures: they are all that is needed until there is another one."""
        self._asked, self._states = _hash(asked), list(states)
        self._is_new = True

    def keep(self, plates: Collection[str]) -> None:
        """Write down what is new, of these pictures alone; a store that cannot be written goes without."""
        if not self._is_new:
            return
        live = {_hash(plate) for plate in plates}
        kept = {plate: own for plate, own in self._known.items() if plate in live}
        noted = {"version": _VERSION, "asked": self._asked, "states": self._states, "plates": kept}
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with replacing(self._file) as beside:
                beside.write_text(json.dumps(noted))
        except OSError as error:
            _log.debug("%s: what is known of views is not kept: %s", self._file, error)


def _hash(asked: object) -> str:
    return hashlib.sha256(repr(asked).encode()).hexdigest()[:_KEY_LENGTH]
