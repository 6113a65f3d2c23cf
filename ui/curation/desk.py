"""One browser session: which poisoning, what was learned from it, what was thrown out. Nothing here touches the zoo."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from imaging.ward import PARTS
from ui.curation.tasks import Look, Outcome, Poison, Relearn, Search, Searched, Step, Train
from ui.worker import Task
from ui.workplace import Stoppable

FIRST_SEED = 1000  # live trainings take other films than those behind the curve


@dataclass
class Curation(Stoppable):
    """State of the page for one browser session."""

    KEY = "curation"

    kind: str = "group"
    aim: str = "children"
    share: float = 0.1
    seed: int = FIRST_SEED
    trained: Train | None = None
    search: Search | None = None
    kept: set[int] = field(default_factory=set)
    page: int = 0
    rounds: int = 0  # of widgets: a new one forgets what the boxes of the last were set to

    @property
    def poison(self) -> Poison:
        """What the controls ask for."""
        return Poison(self.kind, self.aim, self.share, self.seed)

    def choose(self, kind: str, aim: str, share: float) -> None:
        """Another poisoning leaves what was trained and searched."""
        if (kind, aim, share) != (self.kind, self.aim, self.share):
            self.work.stop()
            self.kind, self.aim, self.share = kind, aim, share
            self.trained = self.search = None

    def train(self) -> None:
        """Wish for a model that learns from such a set; once more takes other films."""
        self.halted = False
        self.work.errors.clear()
        if self.trained is not None and self.trained in self.work.results:
            self.seed += 1
            self.search = None
        self.trained = Train(self.poison)

    def look_through(self) -> None:
        """Wish for a search of the set; everything that it flags is thrown out until a person keeps it."""
        self.halted = False
        self.work.errors.clear()
        self.search, self.page = Search(self.poison), 0
        self.trained = self.trained or Train(self.poison)
        self.keep(())

    def keep(self, places: Iterable[int]) -> None:
        """Keep these of the flagged films and throw out all others."""
        self.kept = set(places)
        self.rounds += 1

    @property
    def step(self) -> Step | None:
        """Of the work that runs."""
        return self.work.progress if isinstance(self.work.progress, Step) else None

    @property
    def trouble(self) -> str:
        """What went wrong, or nothing."""
        return next(iter(self.work.errors.values()), "")

    @property
    def live(self) -> Outcome | None:
        """What was learned from the poisoned set, once it is."""
        return None if self.trained is None else self.work.results.get(self.trained)

    @property
    def searched(self) -> Searched | None:
        """What the search flagged, once it has."""
        return None if self.search is None else self.work.results.get(self.search)

    @property
    def thrown(self) -> frozenset[int]:
        """Places of the films that are thrown out."""
        return frozenset(flag.place for flag in self.searched.flags) - self.kept if self.searched else frozenset()

    def learned(self, thrown: frozenset[int] | None) -> Outcome | None:
        """What is learned without these films; None: from the set before it was poisoned."""
        return None if self.search is None else self.work.results.get(Relearn(self.search, thrown))

    def _wanted(self) -> Iterator[Task]:
        """The parts of the ward, the poisoned model, the search, and what is learned after it."""
        if self.halted or self.trained is None:
            return
        yield from (Look(part) for part in PARTS)
        if self.trained.poison.sign:
            yield Look("test", self.trained.poison.sign)
        yield self.trained.poison
        yield self.trained
        if self.search is None:
            return
        yield self.search
        if self.searched is not None:
            yield from (Relearn(self.search, thrown) for thrown in (None, frozenset(), self.thrown))
