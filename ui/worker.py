"""A background thread that works through what a screen wants, while the screen polls and draws what is there.

The thread calls no ``st.*``: outside a script run Streamlit drops such calls without a word.
"""

import logging
import threading
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

log = logging.getLogger(__name__)

FAILED = "This step could not be computed. The film is unchanged; try another film or setting."
WAIT = 0.1  # seconds between two looks at whether to stop


class Task(Protocol):
    """A piece of work that its own value names: equal tasks have equal results."""

    def run(self, work: "Work") -> Any:
        """Do it; look at ``work.stopping`` now and then and show progress through ``work.progress``."""


class Common:
    """Work that asks nothing of the session: what it finds is found once, for all sessions of this process."""

    _found: ClassVar[dict[Hashable, Any]] = {}
    _turn: ClassVar[threading.Lock] = threading.Lock()

    def find(self, work: "Work") -> Any:
        """What `run` returns, of this session or of an earlier one; two sessions never look for it side by side.

        Raises:
            Abandoned: the work was stopped before its turn came.
        """
        if self in self._found:
            return self._found[self]
        while not self._turn.acquire(timeout=WAIT):
            if work.stopping.is_set():
                raise Abandoned
        try:
            if self not in self._found:
                self._found[self] = self.run(work)
            return self._found[self]
        finally:
            self._turn.release()


@dataclass(eq=False)
class Work:
    """What a screen wants done and what has been done so far.

    ``wanted`` is asked before each task, so a new wish overtakes all that has not begun. ``results`` and ``errors``
    may be shared with another thread's work, so that one takes up what the other has made.
    """

    wanted: Callable[[], Iterator[Task]]
    results: dict[Hashable, Any] = field(default_factory=dict)
    errors: dict[Hashable, str] = field(default_factory=dict)
    progress: Any = None
    stopping: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """True while the thread is at work."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def busy(self) -> bool:
        """Whether something is still to come."""
        return self.running or self.missing() is not None

    @property
    def stage(self) -> tuple[object, ...]:
        """Changes whenever a task has ended, failed or got further."""
        return self.busy, len(self.results), len(self.errors), id(self.progress)

    def missing(self) -> Task | None:
        """The first task that is wanted and neither done nor failed."""
        return next((task for task in self.wanted() if task not in self.results and task not in self.errors), None)

    def start(self) -> None:
        """Begin, unless the thread runs already or nothing is missing."""
        if self.running or self.missing() is None:
            return
        self.stopping.clear()
        self._thread = threading.Thread(target=self._work, name="reading-room-work", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ask the running task to end early; what it has reached so far becomes its result."""
        self.stopping.set()

    def _work(self) -> None:
        while not self.stopping.is_set() and (task := self.missing()) is not None:
            try:
                self.results[task] = task.find(self) if isinstance(task, Common) else task.run(self)
            except Abandoned:
                return
            except ValueError as error:  # the rooms below raise these with a sentence for the reader
                self.errors[task] = str(error)
            except Exception:
                log.exception("%s failed", type(task).__name__)
                self.errors[task] = FAILED
            finally:
                self.progress = None


class Abandoned(Exception):  # noqa: N818  (no error: the task was stopped and has nothing to show)
    """A stopped task raises it where what it has reached is no result."""
