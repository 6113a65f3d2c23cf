"""Several attacks that go in step, so that the same step of each is on the screen at the same time."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterable

import numpy as np
from numpy.typing import NDArray


class Together:
    """None of the runners goes on before all others that still run have taken as many steps."""

    def __init__(self, runners: Iterable[Hashable]) -> None:
        self._taken = dict.fromkeys(runners, 0)
        self._changed = threading.Condition()

    def step(self, runner: Hashable) -> None:
        """A step was taken; returns once the others have taken theirs."""
        with self._changed:
            self._taken[runner] += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._taken[runner] <= min(self._taken.values()))

    def leave(self, runner: Hashable) -> None:
        """It has ended: nobody waits for it any more."""
        with self._changed:
            del self._taken[runner]
            self._changed.notify_all()


class Roll:
    """The films of one run, `step → [H, W]`; where they take more than `room` bytes, every other one is let go."""

    def __init__(self, room: float) -> None:
        self.room = room
        self.frames: dict[int, NDArray[np.float32]] = {}

    def add(self, step: int, pixels: NDArray[np.float32]) -> None:
        """Keep the film of a step, and the first one in any case."""
        self.frames[step] = pixels
        while len(self.frames) * pixels.nbytes > self.room and len(self.frames) > 2:
            for index in list(self.frames)[1::2]:
                del self.frames[index]
