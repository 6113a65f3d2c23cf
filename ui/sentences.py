"""What happened, in one sentence for a clinician. Pure text, so the screen and the terminal say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models import Reading
    from robustness import CaseResult


def percent(share: float) -> str:
    """A probability as people read it; never a false 0 % or 100 %."""
    if 0 < share < 0.01:
        return "< 1 %"
    if 0.99 < share < 1:
        return "> 99 %"
    return f"{share:.0%}".replace("%", " %")


def levels(value: float) -> str:
    """Grey levels of 255 without needless zeros: 2, 0.75."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def answer(reading: Reading, disease: str) -> str:
    """The class a reading names with the model's probability *of that class*: ``pneumonia 97 %``, ``normal 92 %``."""
    share = reading.probability if reading.prediction == disease else 1 - reading.probability
    return f"{reading.prediction} {percent(share)}"


def verdict(case: CaseResult, disease: str) -> tuple[str, str, str]:
    """``(before, after, rest)`` of the sentence about an attack: what the model said, says now, and how little it took."""
    before, after = answer(case.before, disease), answer(case.after, disease)
    unit = "grey level" if case.epsilon == 1 else "grey levels"
    if case.norm == "l2":
        size = f"The root-mean-square change is {levels(case.rms_change)} of 255 grey levels."
    else:
        size = f"No pixel changed by more than {levels(case.largest_change)} of 255 grey levels."
    noise = f"Random noise of the same size: {answer(case.noise, disease)}."
    if case.stopped and not case.flipped:
        return before, after, f"Stopped after {case.steps} steps, before the reading flipped. {size}"
    if not case.flipped:
        return before, after, f"The reading held within {levels(case.epsilon)} of 255 {unit}. {noise}"
    return before, after, f"{size} {noise}"
