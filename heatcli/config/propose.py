"""A configuration for cameras that were found, as commented text for people to go on with."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProposedCamera:
    """A camera that was found.

    Attributes:
        name: name of the camera.
        sources: globs of its clips, relative to the configuration.
        comments: what was found of it, in sentences without line breaks.
    """

    name: str
    sources: Sequence[str]
    comments: Sequence[str]


def proposed_toml(timezone: str, timezone_comment: str, cameras: Iterable[ProposedCamera]) -> str:
    """Return the text of a `heatcli.toml`.

    Args:
        timezone: IANA name of the time zone.
        timezone_comment: where it is from.
        cameras: cameras.
    """
    blocks = [
        "\n".join(
            (
                "# What heatcli knows of your cameras; docs/configuration.md explains every key.",
                f"timezone = {toml_text(timezone)}  # {timezone_comment}",
            )
        )
    ]
    for camera in cameras:
        sources = ", ".join(map(toml_text, camera.sources))
        blocks.append(
            "\n".join(
                (
                    f"[cameras.{toml_key(camera.name)}]",
                    *(f"# {comment}" for comment in camera.comments),
                    f"sources = [{sources}]",
                    '# location = "Store 12"',
                    '# schedule = ["mon-sat 09:00-21:00"]',
                    "# zones.till = { circle = [0.4, 0.6, 0.1] }",
                )
            )
        )
    return "\n\n".join(blocks) + "\n"


def toml_text(text: str) -> str:
    """Write a text as a string of TOML, which wants one more character escaped than JSON."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def toml_key(name: str) -> str:
    """Write a name as a key of TOML."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else toml_text(name)
