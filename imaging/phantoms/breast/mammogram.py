"""A mammogram of nobody, from a seed."""

from __future__ import annotations

import numpy as np

from imaging.phantoms.breast import annotate, film, lesions, lookalikes, rays, shape, tissue, vessels
from imaging.phantoms.breast.insert import insert, shows
from imaging.phantoms.breast.rays import Contents
from imaging.phantoms.phantom import Phantom

VARIANTS = tuple(lookalikes.KINDS)


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

    The chest wall is on the left for `laterality` "L", on the right for "R". `density` "a" to "d" (ACR BI-RADS);
    `age` in years acts on size and look-alikes (arteries calcify late), and through `people` on density.
    `lesion`: None, "mass", "cancer" (any, as often as in life) or one of `lesions.KINDS`; a mass that is sharp and
    smooth is benign and thus a variant, one with an indistinct border a lesion. `variants`: which of `VARIANTS` show,
    None to draw them from the seed. Anatomy, technique and variants come from streams of their own, so the lesion is
    the only thing that changes with `lesion`. Raises ValueError for a size below 64, an unknown view, laterality,
    density, lesion or variant, or an age outside 18–110 years.
    """
    _check(size, view, laterality, age, density, variants)
    build, filling, vein, harmless, technique, look, disease, grain = (
        np.random.default_rng(stream) for stream in np.random.SeedSequence(seed).spawn(8)
    )
    chance = dict(zip(VARIANTS, harmless.random(len(VARIANTS)), strict=True))
    drawn = tuple(v for v in VARIANTS if chance[v] < lookalikes.often(v, view, age))
    shown = drawn if variants is None else variants
    s = shape.sample(build, size, view, age, density)
    t = tissue.sample(filling, s, density)
    inside = s.depth > 0.3
    gland, fibre = rays.fill(t, s, inside, s.x[inside], s.y[inside])
    contents = Contents(gland, fibre, vessels.draw(s, vein), *lookalikes.draw(s, gland, age, shown, harmless))
    healthy = rays.attenuation(s, contents)
    exposure = film.sample(technique)
    reference = film.shine(s, exposure, healthy)
    signal, mask, kind, place = reference, np.zeros(s.x.shape, bool), None, ""
    if lesion is not None:
        kind = lesions.choose(lesion, disease)
        found = lesions.draw(s, gland, kind, disease)
        place = lesions.where(s, found.centre)
        total = insert(s, t, contents, found)
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
        shown,
        laterality,
        density,
        s.compressed,
    )


def _check(size: int, view: str, laterality: str, age: float, density: str, variants: tuple[str, ...] | None) -> None:
    if size < 64:
        raise ValueError(f"expected size >= 64, got {size}")
    if view not in ("CC", "MLO"):
        raise ValueError(f'expected view "CC" or "MLO", got {view!r}')
    if laterality not in ("L", "R"):
        raise ValueError(f'expected laterality "L" or "R", got {laterality!r}')
    if not 18 <= age <= 110:
        raise ValueError(f"expected age from 18 to 110 years, got {age}")
    if density not in ("a", "b", "c", "d"):
        raise ValueError(f'expected density "a", "b", "c" or "d", got {density!r}')
    for variant in variants or ():
        if variant not in VARIANTS:
            raise ValueError(f"expected variants of {', '.join(VARIANTS)}, got {variant!r}")
