"""A long clip in pieces: what is found in one is kept, and what is looked at begins anew with the next."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Division:
    """Division of a clip's media time into pieces of equal length; the last one has what is left over.

    Attributes:
        piece_us: length of a piece in µs.
        count: number of pieces, at least one.
    """

    piece_us: int
    count: int

    @classmethod
    def of(cls, length_us: int, piece_us: int) -> "Division":
        """Divide a clip of some length into pieces, if that gives at least three; else it stays whole."""
        count = length_us // piece_us
        return cls(piece_us, count if count >= 3 else 1)

    def begin_us(self, number: int) -> int:
        """Media time in µs from which on frames belong to a piece."""
        return number * self.piece_us

    def number(self, pts_us: int) -> int:
        """Return the number of the piece that a frame belongs to, from 0, by its media time in µs."""
        return min(pts_us // self.piece_us, self.count - 1)


WHOLE = Division(piece_us=1, count=1)
"""Division of a clip that stays whole."""
