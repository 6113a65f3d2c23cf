"""A chest radiograph of nobody, from a seed."""

from __future__ import annotations

import numpy as np

from imaging.phantoms.phantom import Phantom
from imaging.phantoms.thorax import anatomy, annotate, devices, film, lesions, skeleton, trunk, vessels
from imaging.phantoms.thorax.canvas import Canvas
from imaging.phantoms.thorax.style import PRESENT, Style

SOFT = 0.0192  # attenuation of soft tissue per mm at about 70 keV (NIST: water 0.193 /cm)
LUNG = 0.27  # density of inflated lung over that of soft tissue


VARIANTS = ("rotation", "poor inspiration", *devices.KINDS)
OFTEN = {"rotation": (0.1, 0.2), "poor inspiration": (0.08, 0.2), **devices.OFTEN}  # share of patients: (PA, AP)


def chest(
    seed: int,
    *,
    size: int = 512,
    view: str = "PA",
    age: float = 54.0,
    sex: str = "F",
    lesion: str | None = None,
    variants: tuple[str, ...] | None = None,
    style: Style = PRESENT,
) -> Phantom:
    """Draws a chest film of `size` × `size` pixels; the same arguments give the same film in every process.

    `lesion`: None, one of `lesions.KINDS`, "focal pneumonia" (lobar or patchy) or "pneumonia" (any). `variants`: which
    of `VARIANTS` show, None to draw them from the seed. `style`: how strongly things show, whoever is drawn. Anatomy,
    technique and variants come from streams of their own, so the lesion is the only thing that changes with `lesion`.
    Raises ValueError for a size below 64, an unknown view, sex, lesion or variant, or an age outside 0–110 years.
    """
    _check(size, view, age, sex, variants)
    build, technique, look, disease, grain = (
        np.random.default_rng(stream) for stream in np.random.SeedSequence(seed).spawn(5)
    )
    shown = _variants(look, view, age) if variants is None else variants
    a = anatomy.sample(
        build, age=age, sex=sex, view=view, rotated="rotation" in shown, shallow="poor inspiration" in shown
    )
    canvas = _lay(size, a, style, technique)
    solids = trunk.build(canvas, a, build)
    right, left = solids.lungs
    air = right + left
    wall = 24 * a.wide * (air / 20).clip(0, 1)  # no lung is deeper than the chest it lies in
    tissue = np.maximum(solids.body - air, wall) * (1 + 0.014 * canvas.noise(build, 3.6, 3.0, 110))
    airway = vessels.airways(canvas, a, build)
    blood = vessels.vessels(canvas, a, solids, build.spawn(1)[0])  # how much it draws depends on the film size
    bones = skeleton.draw(canvas, a, build)
    lacework = 1 + 0.022 * canvas.noise(build, 2.6, 0.8, 20)
    aerated = tissue + LUNG * air * lacework - solids.gas
    aerated -= np.minimum(style.airways * airway, 0.5 * aerated)
    exposure = film.sample(technique, style, view=view, child=a.child)
    vessel = 1.05 * style.vessels * (1 - LUNG) * np.minimum(blood, 0.5 * air + 2)
    healthy = SOFT * (aerated + vessel) + bones + devices.draw(canvas, a, shown, look)
    mask = np.zeros((size, size), bool)
    drawn, place = None, ""
    total = healthy
    if lesion is not None:
        found = lesions.draw(canvas, a, solids, lesion, disease)
        drawn, place = found.kind, found.place
        added = SOFT * (1 - LUNG) * (found.fluid - found.share * np.minimum(blood, 0.5 * air + 2))
        mask = added > 0.12 * added.max()
        total = healthy + added
    reference = film.shine(canvas, exposure, healthy)
    signal = reference if lesion is None else film.shine(canvas, exposure, total)
    signal = film.detect(canvas, exposure, signal, grain)
    pixels = film.develop(canvas, exposure, signal, reference, air > 60 * a.wide)
    pixels = annotate.mark(annotate.collimate(pixels, look), view, a.child > 0.4, look).clip(0, 1)
    label = drawn.split()[-1] if drawn else "normal"
    spacing = (canvas.pixel, canvas.pixel)
    return Phantom(seed, pixels, mask, "chest", label, drawn, place, float(age), sex, view, spacing, shown)


def _variants(rng: np.random.Generator, view: str, age: float) -> tuple[str, ...]:
    """Which variants show; devices are rarer in children, and some not worn before a certain age."""
    chance = rng.random(len(VARIANTS))
    rare = 0.35 if age < 12 else 1.0
    often = {v: OFTEN[v][view == "AP"] * (rare if v in devices.KINDS else 1.0) for v in VARIANTS}
    return tuple(v for v, c in zip(VARIANTS, chance, strict=True) if c < often[v] and age >= devices.FROM_AGE.get(v, 0))


def _lay(size: int, a: anatomy.Anatomy, style: Style, rng: np.random.Generator) -> Canvas:
    usual = (345, 33) if a.view == "PA" else (365, 42) if a.child < 0.3 else (385, 36)
    width = (float(np.clip(rng.normal(*usual), 285, 470)) + 10 * a.fat) * 0.5 * (a.wide + a.tall)
    centre = (rng.normal(0, 12) * a.wide, (rng.normal(125, 18) - 8 * a.child) * a.tall)
    return Canvas.lay(size, width, centre, rng.normal(0, 0.035 + 0.025 * a.child), 3.2 * a.wide, style, rng)


def _check(size: int, view: str, age: float, sex: str, variants: tuple[str, ...] | None) -> None:
    if size < 64:
        raise ValueError(f"expected size >= 64, got {size}")
    if view not in ("PA", "AP"):
        raise ValueError(f'expected view "PA" or "AP", got {view!r}')
    if sex not in ("F", "M"):
        raise ValueError(f'expected sex "F" or "M", got {sex!r}')
    if not 0 <= age <= 110:
        raise ValueError(f"expected age from 0 to 110 years, got {age}")
    for variant in variants or ():
        if variant not in VARIANTS:
            raise ValueError(f"expected variants of {', '.join(VARIANTS)}, got {variant!r}")
