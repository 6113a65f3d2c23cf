"""The sentence of the live page: what happened, or how far the attack is."""

from __future__ import annotations

from html import escape

import models
from robustness import REGISTRY
from ui.charts import Tone
from ui.live.desk import Desk
from ui.live.tasks import Progress
from ui.live.words import KEPT, name, tone
from ui.markup import bar_html, markup
from ui.sentences import answer, percent, verdict

Part = tuple[str, Tone]


def sentence(desk: Desk) -> None:
    """What happened, said once, large, and to screen readers too; while an attack runs, how far it is."""
    running = desk.attacking
    text = "".join(f'<span class="{tone}">{escape(words)}</span> ' for words, tone in sentence_parts(desk))
    markup(f'<p class="sentence">{text}</p>{_progress_bar(desk)}', key="verdict", announce=not running)


def sentence_parts(desk: Desk) -> list[Part]:
    """The sentence in parts, each with the tone it is set in."""
    disease = models.card(desk.undefended).disease
    attacked, reading = desk.attacked(desk.undefended), desk.reading(desk.undefended)
    progress = desk.front.progress
    if desk.error():
        return [(desk.error(), "neutral")]
    if attacked is not None:
        before, after, rest = verdict(attacked.case, disease, visible=REGISTRY[attacked.case.attack].visible)
        flipped = attacked.case.flipped
        return [
            (before.capitalize(), "neutral"),
            (f"→ {after}.", "attack" if flipped else "neutral"),
            (rest + KEPT.get(desk.request.region, ""), "neutral"),
            *_twin(desk, disease),
        ]
    if isinstance(progress, Progress):
        return [_under_way(progress, disease)]
    if desk.attacking:
        return [("The attack begins …", "neutral")]
    if reading is None:
        return [("The model is reading the film …", "neutral")]
    parts: list[Part] = [(f"The model reads {answer(reading, disease)}.", "neutral")]
    twin = desk.reading(desk.defended) if desk.twin else None
    if twin is not None:
        parts.append((f"Its defended twin reads {answer(twin, disease)}.", "defence"))
    return [*parts, ("Press Attack to change its mind, not the image.", "neutral")]


def _under_way(progress: Progress, disease: str) -> Part:
    now = f"Attacking the {name(progress.model)}: {disease} {percent(progress.probabilities[-1])}"
    return f"{now} after step {len(progress.probabilities) - 1}.", tone(progress.model)


def _twin(desk: Desk, disease: str) -> list[Part]:
    if not desk.twin:
        return []
    attacked, error = desk.attacked(desk.defended), desk.front.errors.get(desk.attack_on(desk.defended))
    if error is not None:
        return [(f"Defended twin: {error}", "defence")]
    if attacked is not None:
        held = "gave way too" if attacked.case.flipped else "held"
        return [(f"The twin {held}: {answer(attacked.case.after, disease)}.", "defence")]
    progress = desk.front.progress
    return [_under_way(progress, disease)] if isinstance(progress, Progress) else []


def _progress_bar(desk: Desk) -> str:
    progress = desk.front.progress
    if not isinstance(progress, Progress):
        return ""
    done = len(progress.probabilities) - 1
    label = f"Attack on the {name(progress.model)}, step {done} of at most {progress.total}"
    return bar_html(label, done, progress.total)
