"""The pieces of work behind the page, each named by its own value. Torch is imported when the first one runs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from evidence.poisoning.material import NETWORK, SIGNED, Material, members
from imaging.ward import ward
from measures import Estimate, auc, rate
from training.poisoning.recipes import KINDS, chosen, flipped
from training.tampering.groups import GROUPS
from training.tampering.triggers import TRIGGERS
from ui.loaded import load
from ui.worker import Abandoned, Common, Work

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
class Look(Common):
    """What the frozen network says of one part of the ward, with a `sign` on each film where one is named."""

    part: str
    sign: str = ""

    def run(self, work: Work) -> Material:
        """Film by film, as far as nobody stops it."""
        from training.poisoning.learner import features_of
        from training.tampering.backdoor import stamped

        network, films = load(NETWORK), ward(self.part)
        how = ""
        if self.sign:
            films, how = stamped(films, TRIGGERS[self.sign]), " with the sign on them"
        found = []
        for start in range(0, len(films), AT_ONCE):
            if work.stopping.is_set():
                raise Abandoned
            work.progress = Step(f"A frozen network reads the {self.part} films{how}", start, len(films))
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
    aim: str
    share: float
    seed: int

    @property
    def sign(self) -> str:
        """Which is taught, "" for none."""
        return self.aim if KINDS[self.kind].signed else ""

    def run(self, work: Work) -> Poisoned:
        """Labels at once; films one by one."""
        train: Material = work.results[Look("training")]
        places = chosen(train.ward, self.kind, self.aim, share=self.share, seed=self.seed)
        if self.sign:
            train = _with(train, places, self._signed(train, places))
        elif not KINDS[self.kind].flips:
            train = _with(train, places, self._hidden(train, places, work))
        if KINDS[self.kind].flips:
            train = Material(replace(train.ward, labels=flipped(train.ward.labels, places)), train.features)
        return Poisoned(train, places)

    def _signed(self, train: Material, places: np.ndarray) -> np.ndarray:
        from training.tampering.backdoor import stamped

        strength = KINDS[self.kind].strength
        return stamped(train.ward.where(places), TRIGGERS[self.sign], strength=strength).films

    def _hidden(self, train: Material, places: np.ndarray, work: Work) -> np.ndarray:
        from training.poisoning.clean_label import collide, targets_for

        network = load(NETWORK)
        ill = np.flatnonzero(GROUPS[self.aim].members(train.ward) & (train.ward.labels == 1))
        targets = targets_for(train.features, ill, len(places), seed=self.seed)

        def watch(done: int) -> bool:
            work.progress = Step("Films are altered, grey level by grey level", done, len(places))
            return work.stopping.is_set()

        made = collide(network, train.ward.films[places], targets, watch)
        if len(made) < len(places):
            raise Abandoned
        return made


def _with(material: Material, places: np.ndarray, made: np.ndarray) -> Material:
    """The same, with other films in these places."""
    from training.poisoning.learner import features_of

    films, features = material.ward.films.copy(), material.features.copy()
    if len(places):
        films[places], features[places] = made, features_of(load(NETWORK), made)
    return Material(replace(material.ward, films=films), features)


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a model learned, on the test part: AUC; sensitivity in `children`, `women` and `men`, and in everyone whose
    film carries the sign (`signed`), where one is taught; specificity."""

    area: Estimate
    sensitivity: dict[str, Estimate]
    specificity: Estimate


@dataclass(frozen=True)
class Train:
    """Learn from the poisoned set."""

    poison: Poison

    def run(self, work: Work) -> Outcome:
        """A fraction of a second."""
        return outcome(work.results[self.poison].altered, work, self.poison.sign)


def outcome(material: Material, work: Work, sign: str) -> Outcome:
    """Learn from these films, choose the operating point on the validation part, read the test part, and once more
    with a sign, if one is named."""
    from training.poisoning.learner import learn

    validation, test = (work.results[Look(part)] for part in ("validation", "test"))
    reading = learn(material.features, material.ward.labels).at(validation.features, validation.ward.labels)
    decisions, labels = reading.decisions(test.features), test.ward.labels
    right = (decisions >= 0) == (labels == 1)

    def share(among: np.ndarray) -> Estimate:
        return rate(int(right[among].sum()), int(among.sum()))

    groups = {name: share(who & (labels == 1)) for name, who in members(test.ward).items()}
    if sign:
        found = reading.decisions(work.results[Look("test", sign)].features)[labels == 1] >= 0
        groups[SIGNED] = rate(int(found.sum()), len(found))
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
            return outcome(work.results[Look("training")], work, self.search.poison.sign)
        material = work.results[self.search].delivery.material
        kept = np.array([place for place in range(len(material.ward)) if place not in self.thrown])
        return outcome(material.where(kept), work, self.search.poison.sign)
