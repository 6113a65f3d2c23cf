"""The three measurements: what a promise costs, what an attacker learns of patients, what poisoned labels do."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from evidence.poisoning.measuring import clustered
from evidence.privacy.cohorts import KEPT, Films, Sets, viral
from evidence.privacy.results import CHILDREN, EVERYONE
from measures import area, auc
from robustness.membership import confidence, each_in_turn, hits, most_hits, separation
from training import data
from training.private.patients import Patients
from training.private.sgd import DELTA, noise_for, plan_for, spent, train

SEEDS = 5
FALSE_ALARMS = (0.01, 0.001)
TARGETS = 16
SPECIFICITY = 0.9
FLIPPED = (0, 100, 400, 800)
SHADOW_SEED, POISON_SEED = 10_000, 77


def logits(head: nn.Linear, features: Tensor) -> NDArray[np.float64]:
    """Of the disease, over whatever axes the features have besides their own."""
    with torch.inference_mode():
        return head(features).squeeze(-1).double().numpy()


def usefulness(sets: Sets, epsilon: float | None) -> dict[str, Any]:
    """AUC of a model that learned from everybody, on test films of each set and group; overall also of other seeds."""
    heads = [train(sets.people, epsilon=epsilon, seed=seed) for seed in range(SEEDS)]
    plan = plan_for(epsilon)
    noise = None if epsilon is None else noise_for(epsilon, plan)
    quiet = None if epsilon is None else train(sets.people, epsilon=epsilon, seed=0, noise=0.0)
    return {
        "epsilon": epsilon,
        "noise": noise,
        "spent": None if noise is None else round(spent(noise, plan), 4),
        "groups": [
            {"set": name, "group": group, "auc": _auc(heads[0], films, chosen)}
            for name, films in sets.test.items()
            for group, chosen in data.groups(films.cohort)
            if len(set(films.cohort.labels[chosen])) == 2
        ],
        "quiet": quiet
        and {name: _auc(quiet, films, np.ones(len(films.cohort), bool)) for name, films in sets.test.items()},
        "seeds": {
            name: [round(float(area(films.cohort.labels, logits(head, films.features))), 4) for head in heads]
            for name, films in sets.test.items()
        },
    }


def _auc(head: nn.Linear, films: Films, chosen: NDArray[np.bool_]) -> dict[str, float]:
    cohort = films.cohort.where(chosen)
    return auc(cohort.labels, logits(head, films.features[torch.tensor(chosen)]), cohort.people).as_dict()


def members(patients: int, models: int) -> NDArray[np.bool_]:
    """Whom each model learns from: each patient by a coin of its own, bool `[models, patients]`."""
    return np.random.default_rng(SHADOW_SEED).random((models, patients)) < 0.5


def shadows(people: Patients, epsilon: float | None, models: int, folder: Path = KEPT) -> NDArray[np.float64]:
    """How sure models that learned from random halves are of each patient, the mean over the patient's films:
    `[models, patients]`. Each model's answers are kept in `folder`, for they tell of patients."""
    folder.mkdir(parents=True, exist_ok=True)
    plan = repr((epsilon, plan_for(epsilon), len(people))).encode()
    made = hashlib.sha256(plan + people.features.numpy().tobytes()).hexdigest()[:12]
    told = []
    for index, chosen in enumerate(members(len(people), models)):
        path = folder / f"shadow-{made}-{index}.npy"
        if not path.is_file():
            head = train(people.where(chosen), epsilon=epsilon, seed=SHADOW_SEED + index, expected=len(people) / 2)
            np.save(path, sureness(head, people))
        told.append(np.load(path))
    return np.stack(told)


def sureness(head: nn.Linear, people: Patients) -> NDArray[np.float64]:
    """`confidence`, the mean over each patient's films, `[n]`."""
    each = confidence(logits(head, people.features), people.labels.numpy())
    return (people.weights.numpy() * each).sum(axis=1)


def membership(
    confidences: NDArray[np.float64], group: NDArray[np.str_], epsilon: float | None, *, targets: int = TARGETS
) -> list[dict[str, Any]]:
    """What LiRA learns of everybody, and of the patients of each set, against models with this promise."""
    inside = members(confidences.shape[1], len(confidences))
    scores = each_in_turn(confidences, inside, targets=targets)
    rows = []
    for name in (EVERYONE, *sorted(set(group.tolist()))):
        chosen = np.flatnonzero((group == name) | (name == EVERYONE))
        found, known = scores[:, chosen], inside[:targets, chosen]
        rows.append(
            {
                "epsilon": epsilon,
                "group": name,
                "patients": len(chosen),
                "targets": targets,
                "shadows": len(confidences) - 1,
                "area": separation(known, found).as_dict(),
                "hits": {
                    f"{alarms:g}": hits(known, found, alarms).as_dict()
                    for alarms in FALSE_ALARMS
                    if (~known).sum() * alarms >= 1
                },
                "most": {f"{alarms:g}": most_hits(epsilon, DELTA, alarms) for alarms in FALSE_ALARMS}
                if epsilon
                else None,
            }
        )
    return rows


def poisoned(sets: Sets, epsilon: float | None, flipped: int, trainings: int) -> dict[str, Any]:
    """Sensitivity for viral pneumonia after the viral films of so many children were entered as normal, the mean over
    trainings with other children each."""
    held = (sets.validation[CHILDREN], sets.test[CHILDREN])
    ill = np.concatenate([films.cohort.labels == 1 for films in held])
    attacked = np.concatenate([viral(films.cohort) for films in held])
    people = np.concatenate([films.cohort.people.astype(str) for films in held])
    called = []
    for seed in range(trainings):
        head = train(_without_viral(sets, flipped, seed), epsilon=epsilon, seed=seed)
        called.append(np.concatenate([logits(head, films.features) for films in held]) > _border(head, sets))
    right, others = np.stack(called), ill & ~attacked
    return {
        "epsilon": epsilon,
        "flipped": flipped,
        "of": int(sets.viral.any(axis=1).sum()),
        "trainings": trainings,
        "attacked": clustered(right[:, attacked], people[attacked]).as_dict(),
        "others": clustered(right[:, others], people[others]).as_dict(),
    }


def _without_viral(sets: Sets, flipped: int, seed: int) -> Patients:
    """The training patients, the viral films of so many children entered as normal."""
    there = np.flatnonzero(sets.viral.any(axis=1))
    victims = np.random.default_rng(POISON_SEED + seed).permutation(there)[:flipped]
    changed = np.zeros_like(sets.viral)
    changed[victims] = sets.viral[victims]
    labels = sets.people.labels.masked_fill(torch.from_numpy(changed), 0.0)
    return Patients(sets.people.features, labels, sets.people.weights)


def _border(head: nn.Linear, sets: Sets) -> float:
    """A threshold as a vendor would set it: 90 % of the healthy validation children raise no alarm."""
    held = sets.validation[CHILDREN]
    return float(np.quantile(logits(head, held.features)[held.cohort.labels == 0], SPECIFICITY))
