"""What happened, in one sentence for a clinician. Pure text, so the screen and the terminal say the same."""

from __future__ import annotations

from math import floor, log10
from typing import Protocol

from measures import Estimate


class Answer(Protocol):
    """What a model says of a film: `models.Reading`, or one that was stored."""

    @property
    def prediction(self) -> str:
        """The class at the operating point."""

    @property
    def probability(self) -> float:
        """Of the disease."""


class Attacked(Protocol):
    """What an attack reached: `robustness.CaseResult`, or one that was stored. Changes in grey levels of 255."""

    before: Answer
    after: Answer
    noise: Answer
    flipped: bool
    stopped: bool
    norm: str
    epsilon: float
    largest_change: float
    rms_change: float
    steps: int


def percent(share: float) -> str:
    """A probability as people read it; never a false 0 % or 100 %."""
    if 0 < share < 0.01:
        return "< 1 %"
    if 0.99 < share < 1:
        return "> 99 %"
    return f"{share:.0%}".replace("%", " %")


def sure(share: Estimate) -> str:
    """A share with its 95 % interval and how many it stands on: 76 % (69 – 82 %, n 161)."""
    low, high = percent(share.low), percent(share.high)
    return f"{percent(share.value)} ({low.removesuffix(' %')} – {high}, n {share.n})"


def lowered(title: str) -> str:
    """A title within a sentence: "Adults filmed in bed (AP)" → "adults filmed in bed (AP)"."""
    return title[:1].lower() + title[1:]


def raised(words: str) -> str:
    """Words at the beginning of a line: "adults, PA" → "Adults, PA"."""
    return words[:1].upper() + words[1:]


def change(value: float) -> str:
    """How far a figure moved, with its sign: +0.012, −0.003."""
    return f"{value:+.3f}".replace("-", "−")


def levels(value: float) -> str:
    """Grey levels of 255 without needless zeros: 2, 0.75; thousandths below one only, where they count."""
    return f"{value:.{3 if value < 1 else 2}f}".rstrip("0").rstrip(".")


def floored(value: float, digits: int = 2) -> str:
    """A limit that something is certain up to, rounded to so many digits and never up."""
    if value <= 0:
        return "0"
    unit = 10.0 ** (floor(log10(value)) - digits + 1)
    return f"{floor(value / unit + 1e-9) * unit:.{digits}g}"


def finding(disease: str) -> str:
    """A class of disease as a thing that an image shows: pneumonia, a suspicious finding."""
    return "a suspicious finding" if disease == "suspicious" else disease


def answer(reading: Answer, disease: str) -> str:
    """The class a reading names with the model's probability *of that class*: ``pneumonia 97 %``, ``normal 92 %``.

    Where the operating point decides for the less likely class, "normal 41 %" would puzzle: the disease stands in it.
    """
    share = reading.probability if reading.prediction == disease else 1 - reading.probability
    if reading.prediction != disease and share < 0.5:
        return f"{reading.prediction} ({disease} {percent(reading.probability)})"
    return f"{reading.prediction} {percent(share)}"


def verdict(case: Attacked, disease: str, *, visible: bool = False) -> tuple[str, str, str]:
    """``(before, after, rest)`` of the sentence on an attack: what the model said, says now, and how little it took.

    ``visible``: the attack puts something on the film that everyone may see.
    """
    before, after = answer(case.before, disease), answer(case.after, disease)
    unit = "grey level" if case.epsilon == 1 else "grey levels"
    if case.norm == "l2":
        size = f"The root-mean-square change is {levels(case.rms_change)} of 255 grey levels."
    elif visible:
        size = "A sticker in plain sight; nothing beside it changed."
    else:
        size = f"No pixel changed by more than {levels(case.largest_change)} of 255 grey levels."
    likeness = "in its place" if visible else "of the same size"
    noise = f"Random noise {likeness}: {answer(case.noise, disease)}."
    if case.stopped and not case.flipped:
        return before, after, f"Stopped after {case.steps} steps, before the reading flipped. {size}"
    if not case.flipped and visible:
        return before, after, f"The reading held. {size} {noise}"
    if not case.flipped:
        return before, after, f"The reading held within {levels(case.epsilon)} of 255 {unit}. {noise}"
    return before, after, f"{size} {noise}"
