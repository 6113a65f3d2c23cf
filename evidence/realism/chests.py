"""Chest films, real and drawn, brought to one size on the same way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from evidence.realism.films import SEED, Comparison, picture
from imaging import phantoms
from training import data

DRAWN = 512  # side in pixels at which a phantom is drawn before it goes the way of the real films
ADULT = 16  # years


def chests(root: Path, n: int) -> tuple[Comparison, ...]:
    """Adults of the NIH part, PA and AP, and Kermany's children; at most `n` films each.

    Adults: 512 → 256 pixels on both sides. Kermany's films come squeezed to 224 × 224 from about 4 : 3 and were JPEG
    once more than phantoms ever are; phantoms of children are cut to 4 : 3 and squeezed likewise, the codec's traces
    stay a difference (at 128 pixels, where films are told apart, little of them is left).
    """
    rng = np.random.default_rng(SEED)
    table = pd.concat([data.nih(root, part).table for part in ("train", "validation", "test")], ignore_index=True)
    table = table[table.age >= ADULT]
    children = data.kermany(root, "train").table
    children = children.assign(view="AP", age=rng.integers(12, 60, len(children)) / 12, sex=_either(rng, len(children)))
    return (
        *(_compare(f"adults {view}", table[table.view == view], n, _square, rng) for view in ("PA", "AP")),
        _compare("children", children, n, _squeezed, rng),
    )


def _compare(
    name: str, table: pd.DataFrame, n: int, prepare: Callable[[Image.Image], Image.Image], rng: np.random.Generator
) -> Comparison:
    shuffled = table.iloc[rng.permutation(len(table))]
    chosen = shuffled.drop_duplicates("patient").head(n)
    real, drawn = [], []
    for row in chosen.itertuples():
        real.append(np.asarray(prepare(Image.open(row.path).convert("L"))))
        phantom = phantoms.chest(
            int(rng.integers(2**40)),
            size=DRAWN,
            view=row.view,
            age=float(row.age),
            sex=row.sex,
            lesion="pneumonia" if row.label else None,
        )
        drawn.append(np.asarray(prepare(picture(phantom))))
    return Comparison(name, np.stack(real), np.stack(drawn))


def _square(film: Image.Image, side: int = 256) -> Image.Image:
    return film.resize((side, side), Image.Resampling.BOX)


def _squeezed(film: Image.Image, side: int = 224) -> Image.Image:
    """A film larger than `side` loses a quarter of its height, evenly above and below, and then its proportions."""
    if film.size == (side, side):
        return film
    width, height = film.size
    return film.crop((0, height // 8, width, height - height // 8)).resize((side, side), Image.Resampling.BOX)


def _either(rng: np.random.Generator, n: int) -> NDArray[np.str_]:
    return rng.choice(["F", "M"], n)
