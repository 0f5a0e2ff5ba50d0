"""The appearance of each tracklet, averaged over its sightings in constant memory."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from heatcli.track.appearance.appearance import DESCRIPTIONS_PER_S, Descriptors, unit

Ids = NDArray[np.integer]

# Most blocks of descriptor sums kept per tracklet.
_BLOCKS = 4


def whole(half_embeddings: Descriptors) -> Descriptors:
    """Join the half embeddings of tracklets.

    Args:
        half_embeddings: (..., 2, D) half embeddings, as `Gallery.half_embeddings` returns them.

    Returns:
        (..., D) unit vectors midway between the two halves; the other half where one is NaN.
    """
    return unit(np.where(np.isnan(half_embeddings), 0, half_embeddings).sum(axis=-2))


def _period(pts_us: int) -> int:
    """Return the number of the description period that a media time is in."""
    return int(pts_us * DESCRIPTIONS_PER_S // 1e6)


class _Sums:
    """Sums of one tracklet's descriptors, in up to four blocks of equally many sightings.

    When all blocks are full, neighbours are added up and blocks become twice as long. So the first and the
    second half of the sightings are always known, roughly, without keeping every sighting.
    """

    __slots__ = ("_blocks", "_counts", "_size", "clear", "period")

    def __init__(self, dimensions: int, *, clear: bool) -> None:
        self.clear = clear
        # The latest period with a sighting in clear view.
        self.period = -1
        self._blocks = np.zeros((_BLOCKS, dimensions), np.float32)
        self._counts = [0]
        self._size = 1

    def add(self, descriptor: Descriptors) -> None:
        """Add the descriptor (D,) of a sighting."""
        if self._counts[-1] == self._size:
            if len(self._counts) == _BLOCKS:
                self._blocks[: _BLOCKS // 2] = self._blocks[::2] + self._blocks[1::2]
                self._blocks[_BLOCKS // 2 :] = 0
                self._size *= 2
                self._counts = [self._size] * (_BLOCKS // 2)
            self._counts.append(0)
        self._blocks[len(self._counts) - 1] += descriptor
        self._counts[-1] += 1

    def mean(self) -> Descriptors:
        """Return the unit vector of the sum of all blocks, (D,)."""
        return unit(self._blocks.sum(axis=0))

    def half_embeddings(self) -> Descriptors:
        """Return the unit vectors of the blocks whose middle is in the first and in the last half, (2, D)."""
        counts = np.array(self._counts)
        first = 2 * np.cumsum(counts) - counts <= counts.sum()
        blocks = self._blocks[: len(counts)]
        return unit(np.stack([blocks[first].sum(axis=0), blocks[~first].sum(axis=0)]))


class Gallery:
    """Appearance of tracklets at their beginning and at their end.

    A person looks the same at both; a tracklet that does not may have gone over to somebody else. Sightings
    that are not in clear view count as long as there are no clear ones.
    """

    def __init__(self) -> None:
        self._open: dict[int, _Sums] = {}
        self._ended: dict[int, NDArray[np.float16]] = {}
        self._size = 0

    def due(self, ids: Ids, pts_us: int, clear: NDArray[np.bool_]) -> NDArray[np.intp]:
        """Find the tracklets that it is time to describe, among those seen in a frame.

        Args:
            ids: (k,) numbers of the tracklets seen in the frame.
            pts_us: media time of the frame in µs.
            clear: (k,) mask of the tracklets in clear view.

        Returns:
            Indices into `ids` of the tracklets to describe.
        """
        # All tracklets have the same periods, so that most are described in the same frames, which is
        # cheaper. A tracklet that was never in clear view is described in every frame: each may show another
        # part.
        period = _period(pts_us)
        return np.array(
            [
                row
                for row, (i, in_view) in enumerate(zip(ids.tolist(), clear.tolist(), strict=True))
                if (sums := self._open.get(i)) is None or (in_view >= sums.clear and period != sums.period)
            ],
            np.intp,
        )

    def add(self, ids: Ids, pts_us: int, descriptors: Descriptors, clear: NDArray[np.bool_]) -> None:
        """Add the descriptors of one frame.

        Args:
            ids: (k,) numbers of the tracklets.
            pts_us: media time of the frame in µs.
            descriptors: (k, D) descriptors of the tracklets in the frame; rows of NaN are left out.
            clear: (k,) mask of the tracklets in clear view.
        """
        self._size = descriptors.shape[1]
        for i, descriptor, in_view in zip(ids.tolist(), descriptors, clear.tolist(), strict=True):
            if np.isnan(descriptor[0]):
                continue
            sums = self._open.get(i)
            if sums is None or in_view > sums.clear:
                sums = self._open[i] = _Sums(self._size, clear=in_view)
            if in_view:
                sums.period = _period(pts_us)
            sums.add(descriptor)

    def means(self, ids: Ids) -> Descriptors:
        """Return the mean descriptors so far of tracklets that have not ended, (k, D); NaN where unknown."""
        means = np.full((len(ids), self._size), np.nan, np.float32)
        for row, i in enumerate(ids.tolist()):
            if i in self._open:
                means[row] = self._open[i].mean()
        return means

    def end(self, ids: Iterable[int]) -> None:
        """Reduce tracklets that get no more sightings to their half embeddings."""
        for i in ids:
            sums = self._open.pop(int(i), None)
            if sums is not None:
                self._ended[int(i)] = sums.half_embeddings().astype(np.float16)

    def forget(self, ids: Iterable[int]) -> None:
        """Drop tracklets whose appearance is not needed."""
        for i in ids:
            self._open.pop(int(i), None)
            self._ended.pop(int(i), None)

    def half_embeddings(self, ids: Ids) -> Descriptors:
        """Return the appearance of tracklets at their beginning and at their end.

        Args:
            ids: (n,) numbers of the tracklets.

        Returns:
            (n, 2, D) float32 means over the first and over the last half of the sightings, scaled to unit
            vectors; NaN for a half without sightings. A single sighting is in the first half.
        """
        half_embeddings = np.full((len(ids), 2, self._size), np.nan, np.float32)
        for row, i in enumerate(ids.tolist()):
            if i in self._open:
                half_embeddings[row] = self._open[i].half_embeddings()
            elif i in self._ended:
                half_embeddings[row] = self._ended[i]
        return half_embeddings
