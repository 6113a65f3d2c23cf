"""Who can be set side by side: each model of the zoo, bare or inside a defence."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import models
from evidence import defences
from robustness.defences import DEFENCES
from ui.live.words import short
from ui.loaded import load
from ui.sentences import raised

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class Reader:
    """A model of the zoo inside a defence of the registry, or bare (`defence` empty)."""

    model: str
    defence: str = ""

    @property
    def id(self) -> str:
        """As the card of the wrapped model names it."""
        return f"{self.model}+{self.defence}" if self.defence else self.model

    @property
    def smoothed(self) -> bool:
        """Whether it votes over noisy copies, so that its answers can be certified."""
        return self.defence == "smoothing"

    @property
    def name(self) -> str:
        """For a person."""
        return f"{model_name(self.model)} + {DEFENCES[self.defence].title}" if self.defence else model_name(self.model)

    @property
    def title(self) -> str:
        """The name at the beginning of a line."""
        return raised(self.name)

    def load(self) -> nn.Module:
        """The model. Wrapped anew each time, so a defence that draws by chance draws the same again."""
        model = load(self.model)
        return DEFENCES[self.defence](model) if self.defence else model


def model_name(model: str) -> str:
    """`undefended` or `defended` for the pair that stands first, else what the card calls the model, less its films."""
    card = models.card(model)
    return short(model) if card in models.pair(card.modality) else card.title.split(", ", 1)[-1]


def styles(shown: Sequence[Reader]) -> tuple[int, ...]:
    """The kind of line for each, the same wherever they stand: 0 for an undefended model, 1 for a defended one, and
    from 2 on for further ones and for models inside a defence."""
    free, taken = itertools.count(2), set()
    found = []
    for reader in shown:
        own = int(models.card(reader.model).defended)
        found.append(next(free) if reader.defence or own in taken else own)
        taken.add(found[-1])
    return tuple(found)


@functools.cache
def readers(modality: str) -> tuple[Reader, ...]:
    """The models of a modality, the first pair first, then those inside each defence whose worth was measured."""
    first = [card.id for card in models.pair(modality)]
    others = [id for id in models.ids() if models.card(id).modality == modality and id not in first]
    bare = [Reader(id) for id in (*first, *others)]
    measured = {(row.model, row.defence) for results in defences.load() for row in results.rows}
    wrapped = [Reader(r.model, name) for r in bare for name in DEFENCES if (r.model, name) in measured]
    return (*bare, *wrapped)
