"""Comparing the plates of a store, each pair once: what was found is kept."""

from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from heatcli.select.views.placement import Placement
from heatcli.store.view_notes import ViewNotes
from heatcli.video.plate_measures import PlateMeasures, measures_of, read_grey
from heatcli.video.registration import WIDTH, Edges, edges_of, moved_by, register

# Pictures whose edges are held at once: 30 MB.
_MOST_HELD = 64


class ComparedPlates:
    """Looks at plates and compares them, unless the answer is known from before.

    Args:
        store: folder of the store.
        notes: what is known of the camera's plates.
        aspect: height of the picture divided by its width, to which all are scaled.
    """

    def __init__(self, store: Path, notes: ViewNotes, aspect: float) -> None:
        self._store, self._notes = store, notes
        self._height = max(1, round(WIDTH * aspect))
        self._edges: OrderedDict[str, Edges | None] = OrderedDict()

    def measures(self, plate: str) -> PlateMeasures | None:
        """Return what a picture shows; None where it is gone."""
        known = self._notes.of(plate)
        if known is None:
            grey = read_grey(self._store / plate, height=self._height)
            if grey is None:
                return None
            found = measures_of(grey)
            known = (found.light, found.structure, found.sharpness)
            self._notes.note(plate, (), known)
        return PlateMeasures(*known)

    def register(self, plate: str, scene: Sequence[tuple[str, Placement]]) -> tuple[Placement, float] | None:
        """Return where a picture lies on the mean of others, and the share of blocks that agrees."""
        asked = (self._height, *scene)
        known = self._notes.of(plate, asked)
        if known is None:
            view = self._edges_of(plate)
            others = [(self._edges_of(name), placement) for name, placement in scene]
            moved = [self._moved(edges, placement) for edges, placement in others if edges is not None]
            if view is None or not moved:
                return None
            found = register(np.asarray(np.mean(moved, axis=0), np.complex64), view)
            known = ()
            if found is not None:
                placement = Placement.of(found.matrix, self._height)
                known = (placement.a, placement.b, placement.x, placement.y, found.agreeing)
            self._notes.note(plate, asked, known)
        return (Placement(*known[:4]), known[4]) if known else None

    def _moved(self, edges: Edges, placement: Placement) -> Edges:
        if placement.is_none:
            return edges
        return moved_by(edges, placement.matrix(WIDTH, self._height, pixel=0))

    def _edges_of(self, plate: str) -> Edges | None:
        """Return the edges of a picture; None where it is gone."""
        if plate in self._edges:
            self._edges.move_to_end(plate)
            return self._edges[plate]
        grey = read_grey(self._store / plate, height=self._height)
        self._edges[plate] = None if grey is None else edges_of(grey)
        if len(self._edges) > _MOST_HELD:
            self._edges.popitem(last=False)
        return self._edges[plate]
