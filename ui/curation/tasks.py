"""The pieces of work behind the page, each named by its own value. Torch is imported when the first one runs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from evidence.poisoning.material import NETWORK, Material, members
from imaging.ward import ward
from measures import Estimate, auc, rate
from training.poisoning.recipes import KINDS, chosen, flipped
from training.tampering.groups import GROUPS
from ui.loaded import load
from ui.worker import Abandoned, Work

if TYPE_CHECKING:
    from evidence.poisoning.curating import Doubts
    from evidence.poisoning.delivery import Delivery, Flag
    from robustness.curation import Verification

AT_ONCE = 64  # films between two looks at the screen
EACH = 1  # planted films of each fault


@dataclass(frozen=True)
class Step:
    """How far a piece of work is, for the screen."""

    words: str
    done: int
    total: int


@dataclass(frozen=True)
class Look:
    """What the frozen network says of one part of the ward."""

    part: str

    def run(self, work: Work) -> Material:
        """Computed once for all poisonings."""
        from training.poisoning.learner import features_of

        network, films = load(NETWORK), ward(self.part)
        found = []
        for start in range(0, len(films), AT_ONCE):
            if work.stopping.is_set():
                raise Abandoned
            work.progress = Step(f"A frozen network reads the {self.part} films", start, len(films))
            found.append(features_of(network, films.films[start : start + AT_ONCE]))
        return Material(films, np.concatenate(found))


@dataclass(frozen=True, eq=False)
class Poisoned:
    """The training part after it was poisoned: `altered`, and the places of the films that were tampered with."""

    altered: Material
    places: np.ndarray


@dataclass(frozen=True)
class Poison:
    """Tamper with a share of the training part; another `seed` takes other films."""

    kind: str
    group: str
    share: float
    seed: int

    def run(self, work: Work) -> Poisoned:
        """Labels at once; hidden poison film by film."""
        train: Material = work.results[Look("training")]
        places = chosen(train.ward, self.kind, self.group, share=self.share, seed=self.seed)
        if KINDS[self.kind].flips:
            altered = replace(train.ward, labels=flipped(train.ward.labels, places))
            return Poisoned(Material(altered, train.features), places)
        return Poisoned(self._hidden(train, places, work), places)

    def _hidden(self, train: Material, places: np.ndarray, work: Work) -> Material:
        from training.poisoning.clean_label import collide, targets_for
        from training.poisoning.learner import features_of

        network = load(NETWORK)
        ill = np.flatnonzero(GROUPS[self.group].members(train.ward) & (train.ward.labels == 1))
        targets = targets_for(train.features, ill, len(places), seed=self.seed)

        def watch(done: int) -> bool:
            work.progress = Step("Films are altered, grey level by grey level", done, len(places))
            return work.stopping.is_set()

        made = collide(network, train.ward.films[places], targets, watch)
        if len(made) < len(places):
            raise Abandoned
        films, features = train.ward.films.copy(), train.features.copy()
        films[places] = made
        if len(places):
            features[places] = features_of(network, made)
        return Material(replace(train.ward, films=films), features)


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a model learned, on the test part: AUC, sensitivity by group (`children`, `women`, `men`), specificity."""

    area: Estimate
    sensitivity: dict[str, Estimate]
    specificity: Estimate


@dataclass(frozen=True)
class Train:
    """Learn from the poisoned set."""

    poison: Poison

    def run(self, work: Work) -> Outcome:
        """A fraction of a second."""
        return outcome(work.results[self.poison].altered, work)


def outcome(material: Material, work: Work) -> Outcome:
    """Learn from these films, choose the operating point on the validation part, read the test part."""
    from training.poisoning.learner import learn

    validation, test = (work.results[Look(part)] for part in ("validation", "test"))
    reading = learn(material.features, material.ward.labels).at(validation.features, validation.ward.labels)
    decisions, labels = reading.decisions(test.features), test.ward.labels
    right = (decisions >= 0) == (labels == 1)

    def share(among: np.ndarray) -> Estimate:
        return rate(int(right[among].sum()), int(among.sum()))

    groups = {name: share(who & (labels == 1)) for name, who in members(test.ward).items()}
    return Outcome(auc(labels, decisions), groups, share(labels == 0))


@dataclass(frozen=True, eq=False)
class Searched:
    """A delivery, what the search flagged, and how it stands against its publisher's manifest."""

    delivery: Delivery
    flags: tuple[Flag, ...]
    doubts: Doubts
    verification: Verification


@dataclass(frozen=True)
class Search:
    """The poisoned set arrives with a few common faults besides, and is searched."""

    poison: Poison

    def run(self, work: Work) -> Searched:
        """Outliers, copies, shared patients, doubted labels, and the manifest."""
        from evidence.poisoning.delivery import Delivery, deliver, files, manifest_of, patients, search
        from evidence.poisoning.planting import plant
        from robustness.curation import verify
        from training.poisoning.learner import features_of

        work.progress = Step("The set is searched", 0, 3)
        train, validation, test = (work.results[Look(part)] for part in ("training", "validation", "test"))
        made: Poisoned = work.results[self.poison]
        faults = plant(train.ward.films, test.ward.films, leaks=EACH, strange=EACH, seed=self.poison.seed)
        seen = features_of(load(NETWORK), faults.films)
        delivery = deliver(train, made.altered, made.places, faults, test, seen)
        if work.stopping.is_set():
            raise Abandoned
        work.progress = Step("The set is searched", 1, 3)
        flags, found = search(delivery, test, validation)
        work.progress = Step("The set is held against its manifest", 2, 3)
        everything = np.arange(len(train.ward))
        published = Delivery(train, patients("training", len(train.ward)), ("",) * len(train.ward))
        promised = manifest_of(files(published, everything))
        return Searched(delivery, flags, found, verify(promised, files(delivery, np.arange(len(delivery)))))


@dataclass(frozen=True)
class Relearn:
    """Learn from the delivery without the films that were thrown out; `thrown` are places, `None`: learn from the set
    as it was before anyone poisoned it."""

    search: Search
    thrown: frozenset[int] | None

    def run(self, work: Work) -> Outcome:
        """A fraction of a second."""
        if self.thrown is None:
            return outcome(work.results[Look("training")], work)
        material = work.results[self.search].delivery.material
        kept = np.array([place for place in range(len(material.ward)) if place not in self.thrown])
        return outcome(material.where(kept), work)
