"""Models to attack live: drawn patients stand in for real ones, so nobody's secret lies in the files.

Each of 1,400 phantoms is in a model's training set or not, by a coin. One model of each kind is attacked; the others
are the attacker's shadow models, and which phantoms those learned from the attacker knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from scipy.special import expit
from torch import Tensor

from evidence.privacy.results import EPSILONS, SHADOWS, kind
from imaging.ward import Ward, joined, ward
from robustness.membership import believed, confidence, gains, online, pooled_spreads
from training.private.patients import Scale, by_patient, films_seen, public_scale

WEIGHTS = Path(__file__).parent / "demo.safetensors"
PARTS = ("training", "test")  # of the bundled ward; the third part is what features are scaled by
SEED = 4242


@dataclass(frozen=True, eq=False)
class Guess:
    """What the attacker concludes for each film, `[n]`.

    `observed`: how sure the attacked model is of the true class (logits) · `knew`, `knew_not`: the same of shadow
    models that learned from this film, and of the others, on average · `score`: log likelihood ratio, by which films
    are ranked · `odds`: log odds that the film was learned from, half of all being so, as one may believe them.
    """

    observed: NDArray[np.float64]
    knew: NDArray[np.float64]
    knew_not: NDArray[np.float64]
    score: NDArray[np.float64]
    odds: NDArray[np.float64]

    @property
    def membership(self) -> NDArray[np.float64]:
        """Probability that the film was learned from."""
        return expit(self.odds)


@dataclass(frozen=True, eq=False)
class Demo:
    """`films` of the phantoms; `members` bool `[1 + shadows, n]`, the attacked model first; by kind of training,
    `heads` `[1 + shadows, LENGTH + 1]`, the bias last, and the shadow models' `spreads` and `gains`; the features'
    `scale`."""

    films: Ward
    members: NDArray[np.bool_]
    heads: dict[str, Tensor]
    spreads: dict[str, tuple[float, float]]
    gains: dict[str, tuple[float, float]]
    scale: Scale

    def look(self, chosen: NDArray[np.integer]) -> Tensor:
        """Features of some of the films."""
        return self.scale(films_seen(self.films.films[chosen]))

    def guess(self, epsilon: float | None, chosen: NDArray[np.integer], features: Tensor) -> Guess:
        """Attack the model of this promise about some of the films."""
        sure = _sureness(self.heads[kind(epsilon)], features, self.films.labels[chosen])
        known = self.members[1:, chosen]
        means = [np.where(part, sure[1:], 0.0).sum(axis=0) / part.sum(axis=0) for part in (known, ~known)]
        spreads, gain = self.spreads[kind(epsilon)], self.gains[kind(epsilon)]
        score = online(sure[0], sure[1:], known, spreads)
        return Guess(sure[0], *means, score, believed(sure[0], sure[1:], known, spreads, gain))


@cache
def load(path: Path = WEIGHTS) -> Demo:
    """The models that `python -m evidence.privacy --phantoms` made."""
    stored = load_file(path)
    kinds = [kind(epsilon) for epsilon in EPSILONS]
    return Demo(
        _films(),
        _members(),
        {name: stored[f"heads.{name}"].float() for name in kinds},
        {name: tuple(stored[f"spreads.{name}"].tolist()) for name in kinds},
        {name: tuple(stored[f"gains.{name}"].tolist()) for name in kinds},
        Scale(stored["mean"], stored["spread"]),
    )


def build(path: Path = WEIGHTS) -> None:
    """Train the attacked and the shadow models of every kind."""
    from training.private.sgd import train  # the page needs no Opacus

    films, members, scale = _films(), _members(), public_scale()
    features = scale(films_seen(films.films))
    people = by_patient(features, films.labels, np.arange(len(films)), most=1)
    stored = {"mean": scale.mean, "spread": scale.spread}
    for epsilon in EPSILONS:
        rows = []
        for index, chosen in enumerate(members):
            head = train(people.where(chosen), epsilon=epsilon, seed=SEED + index, expected=len(films) / 2)
            rows.append(torch.cat([head.weight[0], head.bias]))
        heads = torch.stack(rows).half()
        sure = _sureness(heads.float(), features, films.labels)
        stored[f"heads.{kind(epsilon)}"] = heads
        spreads = pooled_spreads(sure[1:], members[1:])
        stored[f"spreads.{kind(epsilon)}"] = torch.tensor(spreads)
        stored[f"gains.{kind(epsilon)}"] = torch.tensor(gains(sure[1:], members[1:], spreads))
        print(kind(epsilon), flush=True)
    save_file(stored, path)


def _sureness(heads: Tensor, features: Tensor, labels: NDArray[np.integer]) -> NDArray[np.float64]:
    """How sure each model is of each film's true class, `[models, n]`."""
    return confidence((features @ heads[:, :-1].T + heads[:, -1]).T.numpy(), labels)


def _films() -> Ward:
    return joined([ward(part) for part in PARTS])


def _members() -> NDArray[np.bool_]:
    coins = np.random.default_rng(SEED)
    return coins.random((1 + SHADOWS, sum(len(ward(part)) for part in PARTS))) < 0.5
