"""Pictures whose size changes within a clip, and which of them show the same view."""

from collections import Counter
from collections.abc import Callable, Iterable

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

Size = tuple[int, int]
"""Width and height of a decoded picture in pixels."""

# Pictures of a still camera seconds apart correlate by more than 0.9, whatever their sizes; with a border, a
# part of the view, or turned, by less than 0.7.
_SAME_VIEW = 0.9
_THUMBNAIL = (48, 36)


class Layout:
    """Knows the size that a clip's pictures are to have, and which others can be scaled to it.

    A picture of another size can, if it showed the same when the size changed. So it is known of a pair of
    sizes that followed each other, in this pass or, where it has not seen them do so, anywhere in the clip.

    Attributes:
        size: size that most pictures have, as far as it is known; at first that of the first picture.
        left_out: number of pictures of the latest pass that show another view.
        scaled: number of pictures of the latest pass that have another size and show the same.

    Args:
        size: size of the clip's first picture, or the one that is known to be that of most.
    """

    def __init__(self, size: Size) -> None:
        self.size = size
        self._same: dict[frozenset[Size], bool] = {}
        self._searched = False
        self.begin()

    def begin(self, known: int = 0) -> None:
        """Begin a pass over the clip, before which so many pictures are known to have the right size."""
        self.left_out = self.scaled = 0
        self._counts: Counter[Size] = Counter({self.size: known})
        self._last: VideoFrame | None = None

    @property
    def is_uniform(self) -> bool:
        """Whether all pictures of the latest pass have the right size so far."""
        return set(+self._counts) <= {self.size}

    def fits(self, picture: VideoFrame, whole_clip: Callable[[], Iterable[VideoFrame]]) -> bool:
        """Tell whether the next picture of the pass has the right size, or can be scaled to it.

        Args:
            picture: next picture.
            whole_clip: function that decodes all pictures of the clip; called at most once in all passes.
        """
        size = _size(picture)
        self._compare(self._last, picture)
        self._last = picture
        self._counts[size] += 1
        if size == self.size:
            return True
        if frozenset((size, self.size)) not in self._same and not self._searched:
            self._searched = True
            last = None
            for one in whole_clip():
                self._compare(last, one)
                last = one
        same = self.shows_same(size)
        self.scaled += same
        self.left_out += not same
        return same

    def shows_same(self, size: Size) -> bool:
        """Tell whether pictures of another size are known to show the same as those of the right one."""
        return self._same.get(frozenset((size, self.size)), False)

    def learn(self) -> bool:
        """Take the size that most pictures of the latest pass have; tell whether it is another one."""
        before = self.size
        self.size = max(self._counts, key=lambda size: self._counts[size], default=before)
        return self.size != before

    def _compare(self, one: VideoFrame | None, following: VideoFrame) -> None:
        if one is not None and _size(one) != _size(following):
            self._same[frozenset((_size(one), _size(following)))] = _same_view(one, following)


def _size(picture: VideoFrame) -> Size:
    return picture.width, picture.height


def _same_view(one: VideoFrame, other: VideoFrame) -> bool:
    a, b = (_thumbnail(picture) for picture in (one, other))
    return bool(a.std() * b.std() > 0 and np.corrcoef(a, b)[0, 1] > _SAME_VIEW)


def _thumbnail(picture: VideoFrame) -> NDArray[np.float64]:
    return picture.reformat(*_THUMBNAIL, "gray").to_ndarray().ravel().astype(np.float64)
