"""One film, several readers: what the attacker may do, what happened, the films, the curves and the maps."""

from __future__ import annotations

from html import escape

import streamlit as st

import models
from robustness import METHODS
from robustness.threat import GREY
from ui.live.attacker import budget
from ui.live.which import which_attack
from ui.live.wishes import Request
from ui.live.words import ANY, aim
from ui.markup import bar_html, markup
from ui.side_by_side.bench import FEWEST, MOST, Bench
from ui.side_by_side.readers import readers
from ui.side_by_side.tasks import METHOD
from ui.side_by_side.words import story_words


def controls(bench: Bench) -> None:
    """Who stands side by side, what the attacker may do, and the button."""
    attack = which_attack("side", " Each model meets an attacker who knows it, defence and all.")
    epsilon = float(GREY) if attack.visible else _budget(bench)
    card = models.card(bench.readers[0].model)
    classes = (ANY, *card.classes)
    goal = st.selectbox(
        "What does the attacker want?", classes, format_func=lambda goal: aim(goal, card.disease), key="side-goal"
    )
    why = st.toggle("Where each model looked", value=bench.why, key="side-why", help=METHODS[METHOD].plain)
    stoppable = bench.stoppable
    if stoppable:
        pressed = st.button("Stop", width="stretch", icon=":material/stop_circle:")
    else:
        pressed = st.button("Attack all", type="primary", width="stretch")
    # Last, since it grows and shrinks under the hand: what stands below it would move away from the pointer.
    chosen = tuple(
        st.multiselect(
            f"Models side by side ({FEWEST} to {MOST})",
            readers(bench.modality),
            default=bench.readers,
            format_func=lambda reader: reader.title,
            max_selections=MOST,
            key=f"readers-{bench.modality}",
        )
    )
    enough = len(chosen) >= FEWEST
    few = f'<p class="hint">Choose at least {FEWEST} models. Until then the last choice stays on the films.</p>'
    markup("" if enough else few, key="too-few", announce=True)
    changed = enough and chosen != bench.readers
    # Acted on only now: a run that ends before a widget is drawn lets Streamlit forget what it was set to.
    if changed:
        bench.choose(chosen)
    elif pressed and stoppable:
        bench.stop()
    elif pressed:
        bench.attack(Request(attack.name, epsilon, goal=None if goal == ANY else goal))
    if changed or pressed or why != bench.why:
        bench.why = why
        st.rerun()


def _budget(bench: Bench) -> float:
    fine = bench.film.radiograph.grey_levels > 256
    return budget("Largest change, in grey levels of 255", bench.modality, fine=fine, key="side-epsilon")


def story(bench: Bench) -> None:
    """What happened, said once, large, and to screen readers too; while something runs, how far it is."""
    text = "".join(f'<span class="{tone}">{escape(words)}</span> ' for words, tone in story_words(bench))
    markup(f'<p class="sentence">{text}</p>{_bar(bench)}', key="side-story", announce=not bench.attacking)


def _bar(bench: Bench) -> str:
    if not bench.running:
        return ""
    done = min(len(progress.probabilities) - 1 for progress in bench.running.values())
    total = max(progress.total for progress in bench.running.values())
    return bar_html(f"Step {done} of at most {total}", done, total)
