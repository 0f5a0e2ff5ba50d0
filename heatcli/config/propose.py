"""A configuration for cameras that were found, as commented text for people to go on with."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from heatcli.config.toml_words import toml_key, toml_text, toml_value


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
        blocks.append(
            "\n".join(
                (
                    f"[cameras.{toml_key(camera.name)}]",
                    *(f"# {comment}" for comment in camera.comments),
                    f"sources = {toml_value(camera.sources)}",
                    '# location = "Store 12"',
                    '# schedule = ["mon-sat 09:00-21:00"]',
                    "# zones.till = { circle = [0.4, 0.6, 0.1] }",
                )
            )
        )
    return "\n\n".join(blocks) + "\n"
