"""Clips whose process has ended, or whose node has vanished, in the middle of their analysis."""

from collections import Counter, defaultdict

from heatcli.analysis.node import Node

# Processes that a clip may end before it is left out: one may have been killed for something else.
_MOST_DEATHS = 2
# Times that a clip may be lost, for whatever reason, before it is left for the next run.
_MOST_LOSSES = 5


class Losses:
    """Counts, and tells which clips are not to be begun again."""

    def __init__(self) -> None:
        self._died: defaultdict[int, list[Node]] = defaultdict(list)
        self._lost: Counter[int] = Counter()

    def note(self, number: int, node: Node, *, has_died: bool) -> str | None:
        """Note that a job was lost; return why it is not begun again, if that is so.

        Args:
            number: number of the job.
            node: process that has done it.
            has_died: whether only this process has ended, as far as is known, and not its whole node.
        """
        self._lost[number] += 1
        if has_died:
            self._died[number].append(node)
        # A process may be heard to have ended before it is known that its whole node has vanished.
        nodes = [other.name for other in self._died[number] if not other.has_vanished]
        if len(nodes) >= _MOST_DEATHS:
            where = " and ".join(dict.fromkeys(nodes))
            return (
                f"its analysis has ended {len(nodes)} processes, on {where}, and it is left out; give nodes "
                "more memory, copy it from the recorder again, or convert it to H.264 first"
            )
        if self._lost[number] >= _MOST_LOSSES:
            return f"its node has vanished {_MOST_LOSSES} times; run it again: finished pieces of it are kept"
        return None
