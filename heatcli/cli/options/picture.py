"""`heatcli render`: the options that say what a picture shows, beside the heat."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from heatcli.cli.options.density import DensityChoice
from heatcli.cli.options.group import expand, options_of
from heatcli.cli.options.types import PATH_TEXT, whole
from heatcli.config.bounds import PLACES

if TYPE_CHECKING:
    from heatcli.config.settings import RenderSettings
    from heatcli.picture.camera import Drawing


@dataclass(frozen=True, slots=True)
class PictureChoice:
    """What the user chose of a picture; the fields are the options."""

    background: str = "plate"
    flow: bool = False
    paths: bool = False
    axes: bool = False
    zones: bool = False
    hot: int = 0
    mean_speed: bool = False

    @property
    def said(self) -> list[str]:
        """Names of the options that are not at their defaults."""
        usual = PictureChoice()
        return [name for name, value in asdict(self).items() if value != getattr(usual, name)]

    def drawing(self, settings: "RenderSettings", density: DensityChoice | None) -> "Drawing":
        """Return what the pictures show."""
        from heatcli.picture.camera import Drawing

        if self.mean_speed and "min_display_threshold" not in settings.model_fields_set:
            # Where people hardly move is not where nobody is.
            settings = settings.model_copy(update={"min_display_threshold": 0.0})
        shown = asdict(self)
        bandwidth = None if density is None else density.bandwidth
        return Drawing(settings, **shown, density=density is not None, bandwidth=bandwidth)


def with_picture(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of `picture_of` in the place of its parameter `picture`."""
    return expand(command, name="picture", options=options_of(picture_of), make=_choice)


def picture_of(
    background: Annotated[
        str,
        typer.Option(
            parser=PATH_TEXT,
            help="What the map is drawn on: plate (the empty scene, or the plan), none, transparent, or a "
            "picture file.",
        ),
    ] = "plate",
    flow: Annotated[bool, typer.Option("--flow", help="Draw arrows that show where people go.")] = False,
    paths: Annotated[
        bool, typer.Option("--paths", help="Draw the paths of people, coloured by time, instead of heat.")
    ] = False,
    axes: Annotated[
        bool,
        typer.Option(
            "--axes", help="Draw axes in pixels of the frame, metres of a plan, or units of points."
        ),
    ] = False,
    zones: Annotated[
        bool, typer.Option("--zones", help="Draw the configured zones and lines with their figures.")
    ] = False,
    hot: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            parser=whole(PLACES),
            help="Draw the N hottest places, those of zone --top, likewise.",
        ),
    ] = None,
    mean_speed: Annotated[
        bool,
        typer.Option(
            "--mean-speed", help="Draw how fast people walk, in m/s, instead of heat; with --on floor."
        ),
    ] = False,
) -> PictureChoice:
    """Make a choice of the options that the user gave."""
    return PictureChoice(background, flow, paths, axes, zones, hot or 0, mean_speed)


def _choice(*, others: dict[str, Any], **options: Any) -> PictureChoice:
    return picture_of(**options)
