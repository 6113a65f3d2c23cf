"""What stands side by side in one browser session: a film, some readers, an attack, and what is known so far."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ui.live.tasks import Attacked, Progress
from ui.live.wishes import Film, Request, afresh
from ui.side_by_side.readers import Reader, readers
from ui.side_by_side.tasks import Certify, Certifying, Contest, Explain, Outcome, Read, Searching, Smallest
from ui.worker import Task, Work
from ui.workplace import Stoppable

if TYPE_CHECKING:
    from models import Reading
    from robustness import Saliency, SmallestEpsilon
    from robustness.defences.smoothing import Certificate

FEWEST, MOST = 2, 4  # readers


@dataclass
class Bench(Stoppable):
    """State of the page for one browser session. `why`: whether saliency is asked for."""

    KEY = "bench"

    film: Film | None = None
    modality: str = ""
    readers: tuple[Reader, ...] = ()
    request: Request | None = None
    why: bool = False

    # Wishes --------------------------------------------------------------------------------------------------

    def lay(self, film: Film, modality: str) -> None:
        """Put a film on it; what is known of another one is forgotten."""
        if modality != self.modality:
            self.modality, self.readers = modality, readers(modality)[:FEWEST]
        elif film == self.film:
            return
        self.work.stop()
        self.film, self.request, self.halted = film, None, False
        self.work = Work(self._wanted)

    def choose(self, chosen: tuple[Reader, ...]) -> None:
        """Set other readers side by side; the attack is to begin anew."""
        self._anew()
        self.halted, self.readers, self.request = True, chosen, None

    def attack(self, request: Request) -> None:
        """Wish for an attack; the same wish again starts afresh with the next seed."""
        request = afresh(request, self.request)
        self._anew()
        self.request, self.halted = request, False

    def _anew(self) -> None:
        """Let go of the last attack, whose films weigh much, and keep what is known of the film itself."""
        self.work.stop()
        kept = {task: result for task, result in self.work.results.items() if not _of_an_attack(task)}
        self.work = Work(self._wanted, kept)

    # Answers -------------------------------------------------------------------------------------------------

    @property
    def contest(self) -> Contest | None:
        """The attack that is wished for."""
        return None if self.request is None else Contest(self.film, self.readers, self.request)

    @property
    def outcomes(self) -> dict[Reader, Outcome]:
        """What the attack came to, once it has ended."""
        return self.work.results.get(self.contest, {})

    @property
    def attacking(self) -> bool:
        """Whether the attack is running or about to."""
        return self.contest is not None and self.work.missing() == self.contest

    @property
    def running(self) -> dict[Reader, Progress]:
        """Where the attack on each reader is, while it runs."""
        progress = self.work.progress
        return progress if isinstance(progress, dict) else {}

    @property
    def searching(self) -> Searching | None:
        """The search that runs now."""
        progress = self.work.progress
        return progress if isinstance(progress, Searching) else None

    @property
    def certifying(self) -> Certifying | None:
        """The certificate that is worked on now."""
        progress = self.work.progress
        return progress if isinstance(progress, Certifying) else None

    @property
    def stoppable(self) -> bool:
        """Whether an attack or a search is running or about to."""
        return isinstance(self.work.missing(), Contest | Smallest)

    @property
    def stage(self) -> Hashable:
        """Changes whenever there is something new to draw."""
        return self.stoppable, self.work.stage

    def reading(self, reader: Reader) -> Reading | None:
        """What a reader says of the film as it came."""
        return self.work.results.get(Read(self.film, reader))

    def attacked(self, reader: Reader) -> Attacked | None:
        """The finished attack on a reader."""
        outcome = self.outcomes.get(reader)
        return outcome if isinstance(outcome, Attacked) else None

    def saliency(self, reader: Reader, *, attacked: bool) -> Saliency | None:
        """What a reader looked at, before or after the attack on it."""
        return self.work.results.get(Explain(self.film, reader, self.contest if attacked else None))

    def smallest(self, reader: Reader) -> SmallestEpsilon | None:
        """The smallest change that flips a reader."""
        return None if self.request is None else self.work.results.get(self._smallest(reader))

    def certificate(self, reader: Reader) -> Certificate | None:
        """How far a smoothed reader's answer to the film as it came is certain."""
        return self.work.results.get(Certify(self.film, reader))

    def trouble(self, reader: Reader) -> str:
        """Why a reader has no answer, or nothing."""
        outcome = self.outcomes.get(reader, "")
        tried = (Read(self.film, reader), self.contest)
        failed = next((self.work.errors[task] for task in tried if task in self.work.errors), "")
        return failed or (outcome if isinstance(outcome, str) else "")

    def _smallest(self, reader: Reader) -> Smallest:
        return Smallest(self.film, reader, self.request.goal)

    def _wanted(self) -> Iterator[Task]:
        """Readings, the attack, its maps, how little it would have taken, and what no attacker could change."""
        if self.film is None:
            return
        done = self.work.results
        yield from (Read(self.film, reader) for reader in self.readers)
        contest = self.contest
        if contest is not None and (not self.halted or contest in done) and self._all_read:
            yield contest
        attacked = [reader for reader in self.readers if self.attacked(reader) is not None]
        if self.why:
            yield from (Explain(self.film, reader) for reader in self.readers)
            yield from (Explain(self.film, r, contest) for r in attacked if Explain(self.film, r) in done)
        if contest in done and not self.halted:
            yield from (self._smallest(reader) for reader in attacked)
        yield from (Certify(self.film, reader) for reader in self.readers if reader.smoothed)

    @property
    def _all_read(self) -> bool:
        return all(Read(self.film, reader) in self.work.results for reader in self.readers)


def _of_an_attack(task: Hashable) -> bool:
    return isinstance(task, Contest) or (isinstance(task, Explain) and task.contest is not None)
