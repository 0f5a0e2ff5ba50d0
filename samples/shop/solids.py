"""Rounded cones, ray by ray: the one solid that the people are made of.

A rounded cone is the hull of two spheres; it can be a ball, a limb, a trunk. Squeezed along one direction it
becomes an oval trunk or a flat brim. The intersection is the closed form by Inigo Quilez
(https://iquilezles.org/articles/intersectors, `iRoundedCone`, MIT), evaluated over arrays of rays.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samples.shop.camera import Camera, Floats

Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Patch:
    """A part of a solid's surface that has a colour of its own: a face, an apron.

    Attributes:
        colour: RGB, 0..255.
        towards: (3,) unit vector; the patch is where the surface normal leans towards it.
        beyond: by how much, as the cosine of the angle.
    """

    colour: Colour
    towards: Floats
    beyond: float


@dataclass(frozen=True, slots=True)
class Solid:
    """A rounded cone.

    Attributes:
        a: (3,) centre of the first sphere, in metres.
        b: (3,) centre of the second one.
        radius_a: of the first sphere, in metres.
        radius_b: of the second one.
        colour: RGB, 0..255.
        squeeze: (3, 3) matrix from the world to the space in which it is round; None where it is round as is.
        patch: a part with another colour, or None.
        stripes: colour of stripes across the axis, or None.
        hem: whether it ends at b as a skirt does, without the second sphere's outer half.
    """

    a: Floats
    b: Floats
    radius_a: float
    radius_b: float
    colour: Colour
    squeeze: Floats | None = None
    patch: Patch | None = None
    stripes: Colour | None = None
    hem: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """Solids as a camera sees them, cut out of its image.

    Attributes:
        left: first column of the window, in pixels of the camera.
        top: first row.
        colour: (rows, columns, 3) float32 RGB; 0 where nothing is.
        depth: (rows, columns) float32 metres along the optical axis; inf where nothing is.
    """

    left: int
    top: int
    colour: NDArray[np.float32]
    depth: NDArray[np.float32]


_STRIPE = 0.045  # metres
_LIGHT = np.array([-0.34, -0.3, 0.89])  # towards the lamps and the daylight from the door
_AMBIENT, _DIFFUSE = 0.50, 0.60


def draw(solids: list[Solid], camera: Camera) -> Drawing:
    """Draws solids, nearest surface first, lit from above and from the door."""
    windows = _windows(solids, camera)
    left, top = windows[:, 0].min(), windows[:, 1].min()
    right, bottom = max(left, windows[:, 2].max()), max(top, windows[:, 3].max())
    rays = camera.rays(left, top, right, bottom)
    colour = np.zeros(rays.shape, dtype=np.float32)
    depth = np.full(rays.shape[:2], np.inf, dtype=np.float32)
    origin = np.array(camera.position)
    for solid, (x0, y0, x1, y1) in zip(solids, windows, strict=True):
        if x0 >= x1 or y0 >= y1:
            continue
        at = np.s_[y0 - top : y1 - top, x0 - left : x1 - left]
        part = rays[at].reshape(-1, 3)
        distance, along, where = _intersect(solid, origin, part)
        nearer = distance < depth[at].reshape(-1)[where]
        distance, along, where = distance[nearer], along[nearer], where[nearer]
        normals = _normals(solid, origin + distance[:, None] * part[where], along)
        rows, columns = np.divmod(where, x1 - x0)
        depth[at][rows, columns] = distance
        colour[at][rows, columns] = _shade(solid, normals, along)
    return Drawing(int(left), int(top), colour, depth)


def _windows(solids: list[Solid], camera: Camera) -> NDArray[np.intp]:
    """(n, 4): left, top, right, bottom of pixels that surely hold each solid, clipped to the image.

    A sphere off the optical axis is seen as an oval, so its radius in the image is taken a little too large.
    """
    centres = np.array([[solid.a, solid.b] for solid in solids])
    radii = np.array([[solid.radius_a, solid.radius_b] for solid in solids])
    ends = camera.project(centres.reshape(-1, 3)).reshape(-1, 2, 3)
    size = (radii * camera.focal / ends[:, :, 2] * 1.2 + 1)[..., None]
    low = np.floor((ends[:, :, :2] - size).min(axis=1))
    high = np.ceil((ends[:, :, :2] + size).max(axis=1))
    limits = np.array([camera.width, camera.height])
    return np.concatenate([np.clip(low, 0, limits), np.clip(high, 0, limits)], axis=1).astype(np.intp)


def _intersect(solid: Solid, origin: Floats, rays: Floats) -> tuple[Floats, Floats, NDArray[np.intp]]:
    """Where rays meet a solid.

    Args:
        solid: the solid.
        origin: (3,) where the rays start.
        rays: (n, 3), of any length.

    Returns:
        Of the m rays that meet it: (m,) distance in units of the ray's length, (m,) position along the axis
        as a fraction from a to b, and (m,) index of the ray.
    """
    a, b = (solid.a, solid.b) if solid.squeeze is None else (solid.squeeze @ solid.a, solid.squeeze @ solid.b)
    start = (origin if solid.squeeze is None else solid.squeeze @ origin) - a
    ray = rays if solid.squeeze is None else rays @ solid.squeeze.T
    axis = b - a
    ra, rb, rr = solid.radius_a, solid.radius_b, solid.radius_a - solid.radius_b
    m0, m1, m5 = axis @ axis, axis @ start, start @ start
    # The published form wants unit rays; m4, the square of their length, lets them be of any.
    m2, m3, m4 = ray @ axis, ray @ start, np.einsum("ij,ij->i", ray, ray)
    d2 = m0 - rr * rr
    k2 = d2 * m4 - m2 * m2
    k1 = d2 * m3 - (m1 - rr * ra) * m2
    k0 = d2 * m5 - m1 * m1 + m1 * rr * ra * 2 - m0 * ra * ra
    h = k1 * k1 - k0 * k2
    where = np.flatnonzero(h >= 0)
    m2, m3, m4, k1, k2, h = m2[where], m3[where], m4[where], k1[where], k2[where], h[where]
    with np.errstate(divide="ignore", invalid="ignore"):
        t = (-np.sqrt(h) - k1) / k2
        y = (m1 - ra * rr + t * m2) / d2
        # The square roots are of negative numbers, and NaN, where a ray misses the sphere.
        t_a = (-m3 - np.sqrt(m3 * m3 - m4 * (m5 - ra * ra))) / m4
        t_b = (m2 - m3 - np.sqrt((m3 - m2) ** 2 - m4 * (m5 - 2 * m1 + m0 - rb * rb))) / m4
    if solid.hem:
        t_b[:] = np.nan
    trunk = (y > 0) & (y < 1)
    t = np.where(trunk, t, np.fmin(t_a, t_b))
    along = np.where(trunk, y, np.where((t_a > t_b) | np.isnan(t_a), 1.0, 0.0))
    hit = np.isfinite(t)
    return t[hit], along[hit], where[hit]


def _normals(solid: Solid, points: Floats, along: Floats) -> Floats:
    """(m, 3) unit normals of points on a solid: away from the sphere that touches it there."""
    centre = solid.a + along[:, None] * (solid.b - solid.a)
    normals = points - centre
    if solid.squeeze is not None:
        normals = normals @ (solid.squeeze.T @ solid.squeeze).T
    return np.asarray(normals / np.linalg.norm(normals, axis=1, keepdims=True))


def _shade(solid: Solid, normals: Floats, along: Floats) -> Floats:
    """(m, 3) RGB of points with the given normals."""
    colour = np.tile(np.array(solid.colour), (len(normals), 1))
    if solid.stripes is not None:
        # An even number of bands, so that solids that share a sphere agree on its colour.
        bands = 2 * round(float(np.linalg.norm(solid.b - solid.a)) / (2 * _STRIPE))
        colour[(along * bands) % 2 < 1] = solid.stripes
    if solid.patch is not None:
        colour[normals @ solid.patch.towards > solid.patch.beyond] = solid.patch.colour
    return np.asarray(colour * (_AMBIENT + _DIFFUSE * np.clip(normals @ _LIGHT, -0.35, None))[:, None])
