"""The pieces of work behind the page, each named by its own value. Torch is imported when the first one runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ui.live.wishes import Film
from ui.loaded import load
from ui.worker import Work

if TYPE_CHECKING:
    from models import Reading
    from robustness.explanations import ExplanationCase
    from robustness.explanations.carrying import Turned
    from robustness.result import Step
    from robustness.saliency.explain import Saliency


@dataclass(frozen=True)
class Reason:
    """What the model reads on the film, and one map of why."""

    film: Film
    model: str
    method: str

    def run(self, work: Work) -> tuple[Reading, Saliency]:
        """Reading and map."""
        import models
        from robustness.explanations import reason_of

        model, radiograph = load(self.model), self.film.radiograph
        reading = models.read(model, radiograph)
        return reading, reason_of(model, radiograph, reading, self.method)


@dataclass(frozen=True)
class Progress:
    """Where a running attack is."""

    step: int
    total: int


@dataclass(frozen=True)
class Turn:
    """Attack one map of the film: its aim, the place the map shall point at, the budget in grey levels of 255."""

    film: Film
    model: str
    aim: str
    method: str
    zone: str
    epsilon: float

    def run(self, work: Work) -> ExplanationCase:
        """The attack and its control, on the stored film."""
        from robustness.explanations import attack_explanation
        from robustness.explanations.places import zone

        def show(step: Step) -> bool:
            work.progress = Progress(step.index, step.total)
            return work.stopping.is_set()

        radiograph = self.film.radiograph
        place = zone(radiograph.pixels, self.zone) if self.aim == "move" else None
        wish = {"aim": self.aim, "method": self.method, "place": place, "epsilon": self.epsilon}
        return attack_explanation(load(self.model), radiograph, **wish, on_step=show)


@dataclass(frozen=True)
class After:
    """One map of the attacked film and of its control, and how both compare with the map before."""

    turn: Turn
    method: str

    @property
    def before(self) -> Reason:
        """The same map of the film as it came."""
        return Reason(self.turn.film, self.turn.model, self.method)

    def run(self, work: Work) -> tuple[Saliency, Turned]:
        """The map of the attacked film, and the comparison."""
        from robustness.explanations import reason_of
        from robustness.explanations.carrying import turned
        from robustness.explanations.places import zone

        case, model = work.results[self.turn], load(self.turn.model)
        _, before = work.results[self.before]
        after = reason_of(model, case.radiograph, case.after, self.method)
        control = reason_of(model, case.control_radiograph, case.control, self.method)
        place = zone(self.turn.film.radiograph.pixels, self.turn.zone) if self.turn.aim == "move" else None
        return after, turned(before.map, after.map, control.map, place)
