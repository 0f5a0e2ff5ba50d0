"""What `heatcli zone` is asked: figures of zones, or how people queue, go from zone to zone, stop and buy."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from heatcli.cli.options import queues, sales, ways
from heatcli.cli.options.group import expand, options_of
from heatcli.config.options import names_of

if TYPE_CHECKING:
    from heatcli.answers.sales_table import SalesFile
    from heatcli.shapes import Funnel


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the user asks of zones.

    Attributes:
        transitions: whether it is how people go from zone to zone.
        queue: whether it is how long people wait.
        target_s: longest wait that is not too long, in seconds; None for what is configured.
        funnel: funnel that people go through; None if none is asked for.
        exposure: whether it is how many of those who come by stop.
        entries: whether it is when people enter, and how near they are to each other.
        groups: whether it is who belongs together.
        flow: whether it is density, speed and flow on the floor.
        sales: file of sales, to stand beside the funnel; None for none.
        evidence: whether it is when the people can be seen.
    """

    transitions: bool = False
    queue: bool = False
    target_s: float | None = None
    funnel: "Funnel | None" = None
    exposure: bool = False
    entries: bool = False
    groups: bool = False
    flow: bool = False
    sales: "SalesFile | None" = None
    evidence: bool = False


def with_question(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a question in the place of its parameter `question`."""
    return expand(command, name="question", options=options_of(_asked), make=_question)


def _asked(
    transitions: ways.Transitions = False,
    queue: queues.Queue = False,
    target: queues.Target = None,
    funnel: ways.Funnel = None,
    within: ways.Within = None,
    exposure: ways.Exposure = False,
    entries: ways.Entries = False,
    groups: ways.Groups = False,
    flow: ways.Flow = False,
    sales: sales.File = None,
    sales_time: sales.Time = None,
    sales_amount: sales.Amount = None,
    sales_timezone: sales.Timezone = None,
    evidence: ways.Evidence = False,
) -> None:
    """Take the options of a question."""


# What options need beside them to mean anything.
_BESIDE = {
    "target": "queue",
    "within": "funnel",
    "sales": "funnel",
    "sales_time": "sales",
    "sales_amount": "sales",
    "sales_timezone": "sales",
}


def _question(*, others: dict[str, Any], **said: Any) -> Question:
    """Make the question of what was said; refuse two questions at once, and options that would do nothing."""
    from heatcli.errors import UsageError
    from heatcli.shapes import Funnel

    ways_to_ask = ("transitions", "queue", "funnel", "exposure", "entries", "groups", "flow")
    asked = [f"--{name}" for name in ways_to_ask if said[name]]
    if said["evidence"] and asked == ["--transitions"]:
        asked.append("--evidence")
    if len(asked) > 1:
        raise UsageError(f"{asked[0]} and {asked[1]} cannot be combined; ask for one at a time")
    for name, other in _BESIDE.items():
        if said[name] is not None and not said[other]:
            raise UsageError(f"--{name.replace('_', '-')} needs --{other}; add it, or leave this out")
    drawn = others["circles"] or others["polygons"] or others["top"]
    if drawn and (said["queue"] or said["exposure"]):
        raise UsageError(f"{asked[0]} is of zones in heatcli.toml; leave out --circle, --polygon and --top")
    funnel = None
    if said["funnel"] is not None:
        if others["names"] or drawn:
            raise UsageError(
                "--funnel names the zones itself; leave out --zone, --circle, --polygon and --top"
            )
        steps = names_of(said["funnel"])
        funnel = Funnel(" > ".join(steps), steps, said["within"])
    return Question(
        transitions=said["transitions"],
        queue=said["queue"],
        target_s=said["target"],
        funnel=funnel,
        exposure=said["exposure"],
        entries=said["entries"],
        groups=said["groups"],
        flow=said["flow"],
        sales=sales.file_of(said["sales"], said["sales_time"], said["sales_amount"], said["sales_timezone"]),
        evidence=said["evidence"],
    )
