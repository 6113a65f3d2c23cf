"""A mammogram of nobody, from a seed."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from imaging.phantoms.breast import annotate, film, lesions, shape, tissue, vessels
from imaging.phantoms.breast.shape import Shape
from imaging.phantoms.breast.tissue import Points, Tissue
from imaging.phantoms.fields import Array
from imaging.phantoms.phantom import Phantom

VARIANTS: tuple[str, ...] = ()


def mammogram(
    seed: int,
    *,
    size: int = 768,
    view: str = "MLO",
    laterality: str = "L",
    age: float = 58.0,
    density: str = "b",
    lesion: str | None = None,
    variants: tuple[str, ...] | None = None,
) -> Phantom:
    """Draws a mammogram of `size` rows and `3 * size // 4` columns; the same arguments give the same film anywhere.

    The chest wall is on the left for `laterality` "L", on the right for "R". `density` "a" to "d" (ACR BI-RADS).
    `lesion`: None, "mass", "cancer" (any, as often as in life) or one of `lesions.KINDS`; a mass that is sharp and
    smooth is benign and thus a variant, one with an indistinct border a lesion. `variants`: which of `VARIANTS` show,
    None to draw them from the seed. Anatomy, technique and variants come from streams of their own, so the lesion is
    the only thing that changes with `lesion`. Raises ValueError for a size below 64, an unknown view, laterality,
    density, lesion or variant, or an age outside 18–110 years.
    """
    build, filling, vein, technique, look, disease, grain = (
        np.random.default_rng(stream) for stream in np.random.SeedSequence(seed).spawn(7)
    )
    s = shape.sample(build, size, view, age, density)
    t = tissue.sample(filling, s, density, age)
    inside = s.depth > 0.3
    share, fibre = fill(t, s, inside, None)
    blood = vessels.draw(s, vein)
    healthy = attenuation(s, share, fibre, blood)
    exposure = film.sample(technique)
    reference = film.shine(s, exposure, healthy)
    signal, mask, kind, place = reference, np.zeros(s.x.shape, bool), None, ""
    if lesion is not None:
        kind = lesions.choose(lesion, disease)
        found = lesions.draw(s, share, kind, disease)
        place = lesions.where(s, found.centre)
        total = ill(s, t, inside, share, fibre, blood, found)
        signal = film.shine(s, exposure, total)
        mask = shows(s, found, total - healthy)
    pixels = film.develop(s, exposure, film.detect(s, exposure, signal, grain), reference)
    if laterality == "R":
        pixels, mask, inside = pixels[:, ::-1], mask[:, ::-1], inside[:, ::-1]
    pixels = annotate.mark(pixels, inside, laterality, view, exposure.style, look).clip(0, 1)
    return Phantom(
        seed,
        np.ascontiguousarray(pixels, np.float32),
        np.ascontiguousarray(mask),
        "mammogram",
        "suspicious" if kind else "normal",
        kind,
        place,
        float(age),
        "F",
        view,
        (s.pixel, s.pixel),
        variants or (),
        laterality,
        density,
    )


def fill(t: Tissue, s: Shape, where: Array, moved: tuple[Array, Array] | None) -> tuple[Array, Array]:
    """Share of gland and of fibre `[H, W]` at the pixels `where`, read at `moved` (x, y) if strands are pulled."""
    x, y = (s.x[where], s.y[where]) if moved is None else moved
    p = Points(x, y, s.depth[where], s.behind[where])
    out = []
    for part in (tissue.gland(t, s, p), tissue.septa(t, s, p)):
        image = np.zeros(s.x.shape, np.float32)
        image[where] = part
        out.append(image)
    return out[0], out[1]


def attenuation(s: Shape, share: Array, fibre: Array, blood: Array) -> Array:
    """Line integral of attenuation of the healthy breast."""
    room = (s.thick - s.skin - s.muscle).clip(0)
    dense = (share * room + fibre * s.thick * (1 - share) + 0.8 * blood).clip(0, room)
    return film.FAT * (room - dense) + film.GLAND * dense + film.SKIN * s.skin + film.MUSCLE * s.muscle


def ill(s: Shape, t: Tissue, inside: Array, share: Array, fibre: Array, blood: Array, found: lesions.Lesion) -> Array:
    """The line integral with the lesion in place: strands pulled, tissue replaced, calcium added."""
    dx, dy = s.x - found.centre[0], s.y - found.centre[1]
    away = np.hypot(dx, dy)
    radius, strength = found.pull
    if radius:
        near = inside & (away < radius)
        r = away[near] / radius
        fade = (1 - r * r) ** 2
        stretch = (r + 0.04) ** (-strength * fade)
        x, y = found.centre[0] + dx[near] * stretch, found.centre[1] + dy[near] * stretch
        pulled = fill(t, s, near, (x.astype(np.float32), y.astype(np.float32)))
        share, fibre = (np.where(near, new, old) for new, old in zip(pulled, (share, fibre), strict=True))
    base = attenuation(s, share, fibre, blood)
    local = ndimage.gaussian_filter(share, 2.0 / s.pixel)
    replaced = film.FAT + (film.GLAND - film.FAT) * 0.6 * local  # a mass is denser than the gland that it grew in
    tumour = np.minimum(found.tumour, 0.8 * s.thick)
    return base + (film.CANCER - replaced) * tumour + film.CALCIUM * found.calcium


def shows(s: Shape, found: lesions.Lesion, added: Array) -> Array:
    """Where the lesion shows: the extent of a cluster, or where attenuation changes by an eighth of the most."""
    if found.kind == "clustered microcalcifications":
        spots = ndimage.gaussian_filter(found.calcium, 0.3 / s.pixel)
        reach = ndimage.distance_transform_edt(spots < 0.15 * np.percentile(spots[spots > 0], 99)) * s.pixel
        return ndimage.distance_transform_edt(reach < 3.0) * s.pixel > 1.8
    away = np.hypot(s.x - found.centre[0], s.y - found.centre[1])
    if found.kind == "architectural distortion":
        return (away < 0.75 * found.pull[0]) & (s.depth > 0)
    change = ndimage.gaussian_filter(np.abs(added), 1.0 / s.pixel)
    return (change > 0.13 * change.max()) & (away < 60)
