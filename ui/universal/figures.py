"""How many unseen films flip, in a sentence and a table, and each of them as a small picture."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import models
from measures import Estimate
from ui import heat
from ui.markup import figures_html, markup, row_html, share_bar_html
from ui.sentences import answer, levels, percent
from ui.universal.outcomes import Judged, Outcome, share
from ui.universal.tasks import Learn, Trying
from ui.universal.ward import Ward


def told(outcomes: Sequence[Outcome], wish: Learn) -> str:
    """The outcome in words: the noise, its control and the twin."""
    own, chance = (share(outcomes, wish.model, wish.goal, by_chance=control) for control in (False, True))
    if own is None:
        return f"The model reads every unseen film as {wish.goal} already. Choose another aim."
    twin = share(outcomes, wish.on_the_twin.model, wish.goal)
    sentence = f"One noise of at most {levels(wish.epsilon)} of 255 grey levels flips {_counted(own)} films it has "
    sentence += f"never seen ({percent(own.value)}, 95 % interval {_interval(own)}). Random noise of the same size "
    sentence += f"flips {_counted(chance)}"
    return sentence + (f"; the defended twin gives way on {_counted(twin)}." if twin is not None else ".")


def table(ward: Ward) -> None:
    """Every share with its count and interval: model and twin, noise and control."""
    rows = rows_of(ward)
    if not rows:
        return
    lines = [
        row_html(
            escape(title),
            (
                f"<b>{'…' if found is None else percent(found.value)}</b>",
                _bar(found, tone),
                escape(note if found is None else f"{_counted(found)}; {_interval(found)}"),
            ),
        )
        for title, found, tone, note in rows
    ]
    told = figures_html(("Films that flip", "", "", "Count; 95 % interval"), lines, "universal")
    markup(f'<h2 class="small">Whom it misleads</h2>{told}', key="universal-table")


def rows_of(ward: Ward) -> list[tuple[str, Estimate | None, str, str]]:
    """``(whose films under what, share that flips, tone, what to say where there is none yet)``."""
    wish = ward.wish
    if wish is None or ward.found(wish) is None:
        return []
    own, against = outcomes_of(ward, ward.transfer), outcomes_of(ward, ward.against_twin)
    waiting = "waiting …" if ward.attacking else "not tried"
    nothing = f"no film to flip: all read as {wish.goal}"

    def row(title: str, tone: str, outcomes: Sequence[Outcome], model: str, *, by_chance: bool = False):  # noqa: ANN202
        found = share(outcomes, model, wish.goal, by_chance=by_chance)
        return title, found, tone, nothing if outcomes else waiting

    twin = ward.twin.model
    rows = [
        ("Model, films it was learned on", ward.found(wish).flipped, "attack", ""),
        row("Model, films it has never seen", "attack", own, wish.model),
        row("… with random noise of the same size", "neutral", own, wish.model, by_chance=True),
        row("Defended twin, the same noise", "defence", own, twin),
        row("… with random noise of the same size", "neutral", own, twin, by_chance=True),
    ]
    trouble = ward.trouble(ward.twin, ward.against_twin)
    title = "Defended twin, a noise learned on it"
    rows.append((title, None, "defence", trouble) if trouble else row(title, "defence", against, twin))
    return rows


def outcomes_of(ward: Ward, trial: object) -> Sequence[Outcome]:
    """The films tried so far."""
    progress = ward.work.progress
    if isinstance(progress, Trying) and progress.model == trial.learned.model and ward.found(trial) is None:
        return progress.outcomes
    return ward.found(trial) or ()


def gallery(ward: Ward) -> None:
    """Every unseen film under the noise, small, with what the model read before and reads now."""
    if ward.wish is None:
        return
    outcomes = outcomes_of(ward, ward.transfer)
    if not outcomes:
        return
    disease, goal = models.card(ward.model).disease, ward.wish.goal
    figures = "".join(_small(outcome, outcome.judged[ward.model], disease, goal) for outcome in outcomes)
    markup(
        '<h2 class="small">Films it has never seen, under the noise. All are digital phantoms.</h2>'
        f'<div class="thumbs strangers">{figures}</div>',
        key="universal-gallery",
    )


def _small(outcome: Outcome, judged: Judged, disease: str, goal: str | None) -> str:
    before, after = answer(judged.before, disease), answer(judged.after, disease)
    word = "Flipped" if judged.flipped(goal) else "Held" if judged.open(goal) else "Not counted"
    tone = "attack" if word == "Flipped" else ""
    alt = f"{outcome.title}, under the noise: {before} before, {after} now. {word}."
    return (
        f'<figure><img src="{heat.data_uri(outcome.picture)}" alt="{escape(alt)}">'
        f'<figcaption><b class="{tone}">{word}</b><br>{escape(before)}<br>→ {escape(after)}</figcaption></figure>'
    )


def _counted(found: Estimate) -> str:
    return f"{round(found.value * found.n)} of {found.n}"


def _interval(found: Estimate) -> str:
    return f"{percent(found.low)} – {percent(found.high)}"


def _bar(found: Estimate | None, tone: str) -> str:
    return share_bar_html(0 if found is None else found.value, tone)
