"""The lens of a camera, as `heatcli.toml` gives it: measured, or by lines that are straight in the world."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from heatcli.config.bounds import FRACTION
from heatcli.config.mistakes import FieldError
from heatcli.config.settings import Settings

_Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
_Finite = Annotated[float, Field(allow_inf_nan=False)]
_Fraction = Annotated[float, Field(**FRACTION.limits)]

_Line = Annotated[tuple[tuple[_Fraction, _Fraction], ...], Field(min_length=3)]


class LensConfig(Settings):
    """How a lens bends the picture. Pixels are OpenCV's: (0, 0) is the middle of the first one."""

    size: tuple[_Positive, _Positive]
    """Width and height in pixels of the picture that the other numbers are of."""
    model: Literal["brown", "fisheye"] = "brown"
    """`brown` for OpenCV's usual model, with k1, k2, p1, p2 and k3; `fisheye` for its model of fisheye
    lenses, with k1 to k4."""
    focal: _Positive | tuple[_Positive, _Positive] | None = None
    """Focal length in pixels, or that across and that down."""
    centre: tuple[_Finite, _Finite] | None = None
    """Point on the axis of the lens, in pixels; None for the middle of the picture."""
    k1: _Finite = 0.0
    k2: _Finite = 0.0
    k3: _Finite = 0.0
    k4: _Finite = 0.0
    p1: _Finite = 0.0
    p2: _Finite = 0.0
    lines: tuple[_Line, ...] = ()
    """Points along lines that are straight in the world, in fractions of the picture, if the numbers are not
    known."""

    @model_validator(mode="after")
    def _measured_or_marked(self) -> Self:
        if (self.focal is None) == (not self.lines):
            raise ValueError("a lens has either a focal length, with its coefficients, or lines")
        if self.lines:
            others = self.model_fields_set - {"size", "lines"}
            if others:
                what = "is of a lens that was measured; lines need only size"
                raise FieldError((min(others),), what)
        foreign = ("k4",) if self.model == "brown" else ("p1", "p2")
        for name in foreign:
            if name in self.model_fields_set:
                raise FieldError((name,), f"is no coefficient of the model {self.model!r}")
        return self
