"""What the attack made of each reader, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import models
from robustness.defences import ALPHA, COPIES
from ui.charts import Tone
from ui.sentences import answer, floored, levels
from ui.side_by_side.bench import FEWEST, Bench
from ui.side_by_side.readers import Reader

if TYPE_CHECKING:
    from models import Reading
    from robustness import SmallestEpsilon


def said(reading: Reading, reader: Reader) -> str:
    """The answer with its probability, or that a radiologist must look."""
    card = models.card(reader.model)
    return answer(reading, card.disease) if reading.prediction in card.classes else "refers to a radiologist"


def outcome(bench: Bench, reader: Reader) -> str:
    """Flipped or held, in a word, and what it says now; nothing before the attack has ended."""
    attacked = bench.attacked(reader)
    if attacked is None:
        return ""
    if attacked.case.flipped:
        return f"Flipped: {said(attacked.case.after, reader)}"
    after = attacked.case.after
    referred = after.prediction not in models.card(reader.model).classes
    return f"{'Not misled' if referred else 'Held'}: {said(after, reader)}"


def story_words(bench: Bench) -> list[tuple[str, Tone]]:
    """The sentence in parts, each with the tone it is set in."""
    attacked = {reader: done for reader in bench.readers if (done := bench.attacked(reader)) is not None}
    if attacked:
        return _outcome(bench, [reader for reader in attacked if attacked[reader].case.flipped], list(attacked))
    trouble = next(filter(None, map(bench.trouble, bench.readers)), "")
    if trouble:
        return [(trouble, "neutral")]
    if bench.running:
        step = min(len(progress.probabilities) - 1 for progress in bench.running.values())
        return [(f"All are attacked in step: step {step}.", "neutral")]
    if bench.attacking:
        return [("The attack begins …", "neutral")]
    if any(bench.reading(reader) is None for reader in bench.readers):
        return [("The models are reading the film …", "neutral")]
    return [("One film, one attack, each model by itself. Which give way, and how much does it take?", "neutral")]


def _outcome(bench: Bench, flipped: list[Reader], all_: list[Reader]) -> list[tuple[str, Tone]]:
    size = levels(max(bench.attacked(reader).case.largest_change for reader in all_))
    parts: list[tuple[str, Tone]] = [
        (f"No pixel changed by more than {size} of 255 grey levels: {len(flipped)} of {len(all_)} gave way.", "neutral")
    ]
    held = [reader for reader in all_ if reader not in flipped]
    for group, verb, tone in ((flipped, "flipped", "attack"), (held, "held", "defence")):
        if group:
            parts.append((f"{_listed(group)} {verb}.", tone))
    if len(bench.readers) == FEWEST and (more := needed(bench, bench.readers[1])[1]):
        parts.append((f"{bench.readers[1].title} {more}.", "neutral"))
    return parts


def needed(bench: Bench, reader: Reader) -> tuple[str, str]:
    """`(the smallest change that flips a reader, how that compares with the first one)`, each empty while unknown."""
    found, first = bench.smallest(reader), bench.smallest(bench.readers[0])
    if found is None:
        searching = bench.searching
        if searching is not None and searching.reader == reader:
            return f"searching: asked {searching.asked} ×", ""
        return ("waits …" if bench.attacked(reader) is not None and not bench.halted else ""), ""
    size = f"{levels(found.levels)} of 255" if found.found else f"over {levels(found.ceiling)} of 255"
    return size, "" if reader == bench.readers[0] else times(found, first)


def certain(bench: Bench, reader: Reader) -> str:
    """How far a smoothed reader's answer to the film as it came can't be altered, whatever an attacker does."""
    found = bench.certificate(reader)
    if found is None:
        certifying = bench.certifying
        read = certifying.read if certifying is not None and certifying.reader == reader else 0
        return f"{reader.title}: how far is its answer certain? {read:,} noisy copies read …"
    if found.decision is None:
        return f"{reader.title}: certain of nothing. Too few of {COPIES:,} noisy copies agree; a radiologist must look."
    answers, film = models.card(reader.model).classes, bench.film.radiograph.pixels
    size = f"{floored(found.levels(film.size))} of 255 grey levels"
    told = (
        f"{reader.title}: the vote of {COPIES:,} noisy copies is “{answers[found.decision]}”, and stays so under any "
        f"change of up to {size} in every pixel (wrong at most once in {round(1 / ALPHA):,}). The reading on the film "
        "is quicker, a mean over a few copies, and is not what is certified: an attack may flip it."
    )
    now = bench.reading(reader)
    if now is not None and now.prediction != answers[found.decision]:
        told += " Here the quicker reading on the film says otherwise."
    return told


def times(found: SmallestEpsilon, first: SmallestEpsilon | None) -> str:
    """How much more one reader needs than the first."""
    if first is None or not first.found:
        return ""
    more = "" if found.found else "over "
    return f"needs {more}{found.levels / first.levels:.1f} × the change"


def _listed(readers: list[Reader]) -> str:
    first, *others = readers
    names = [first.title, *(reader.name for reader in others)]
    return names[0] if not others else f"{', '.join(names[:-1])} and {names[-1]}"
