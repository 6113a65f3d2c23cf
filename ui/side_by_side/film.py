"""The films of the page, the curves below them, and the maps of where each reader looked."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

import models
from robustness import METHODS
from ui import heat
from ui.charts import Tone
from ui.lines import Line, lines_svg, sample_svg
from ui.live.tasks import Progress
from ui.markup import figures_html, markup, row_html
from ui.sentences import finding, percent
from ui.side_by_side.bench import Bench
from ui.side_by_side.readers import Reader, styles
from ui.side_by_side.tasks import METHOD
from ui.side_by_side.words import certain, needed, outcome, said
from ui.viewer import Pane, film_viewer

STYLESHEET = Path(__file__).with_name("side_by_side.css")
FILMS, WORDS = 67, 11  # hundredths of the window that all films are wide, rem for the words above and below them
WIDTH = 320  # of a map, in pixels
HEADS = ("Model", "Smallest flip", "")
TONES: dict[int, Tone] = {0: "attack", 1: "defence"}  # of a kind of line, where a film has that colour


def films(bench: Bench, height: str) -> None:
    """Each reader's film: as it came, at the step that the player stands on, or as the attack left it.

    `height` is a CSS length; films that lie small side by side take less.
    """
    rows, columns = bench.film.radiograph.pixels.shape
    enough = f"{FILMS / len(bench.readers) * rows / columns:.1f}vw + {WORDS}rem"
    panes = [_pane(bench, reader, style) for reader, style in zip(bench.readers, styles(bench.readers), strict=True)]
    film_viewer(panes, key="side-films", height=f"min({height}, {enough})")


def _pane(bench: Bench, reader: Reader, style: int) -> Pane:
    disease = models.card(reader.model).disease
    attacked, running, before = bench.attacked(reader), bench.running.get(reader), bench.reading(reader)
    pixels, caption, verdict = bench.film.radiograph.pixels, "as it came", ""
    detail = bench.trouble(reader)
    if attacked is not None:
        step, trace = shown_step(bench), attacked.case.trace
        if step is not None and step < len(trace) - 1 and step in attacked.frames:
            pixels, caption = attacked.frames[step], f"step {step} of {len(trace) - 1}"
            verdict = f"{disease} {percent(trace[step])}".capitalize()
        else:
            pixels, caption = attacked.case.radiograph.pixels, "as stored"
            verdict = outcome(bench, reader)
            detail = f"before: {said(attacked.case.before, reader)}"
    elif running is not None:
        caption = f"step {len(running.probabilities) - 1}"
        verdict = f"{disease} {percent(running.probabilities[-1])}".capitalize()
        pixels = pixels if running.pixels is None else running.pixels
    elif before is not None:
        verdict = said(before, reader).capitalize()
    saliency = bench.saliency(reader, attacked=attacked is not None) if bench.why else None
    return Pane(
        id=reader.id,
        title=f"{reader.title}, attacked" if attacked is not None or running is not None else reader.title,
        pixels=pixels,
        caption=caption,
        tone="neutral" if attacked is None and running is None else TONES.get(style, "neutral"),
        verdict=verdict,
        detail=detail,
        alt=f"The film as the {reader.name} model has it, {caption}",
        overlay=None if saliency is None else saliency.map,
        overlay_title=METHODS[METHOD].title,
    )


def curves(bench: Bench) -> None:
    """The probability through the steps, all readers in one chart, and the player that walks through them."""
    disease = models.card(bench.readers[0].model).disease
    kinds = zip(bench.readers, styles(bench.readers), strict=True)
    drawn = [line for reader, style in kinds if (line := _line(bench, reader, style)) is not None]
    head = f'<p class="label">Probability of {escape(finding(disease))}, step by step. × the reading flips.</p>'
    if not drawn:
        markup(f'{head}<p class="quiet">The curves begin with the attack.</p>', key="side-curves")
        return
    done = [attacked for reader in bench.readers if (attacked := bench.attacked(reader)) is not None]
    ends = {len(attacked.case.trace) - 1 for attacked in done}
    frames = sorted(ends.union(*(attacked.frames for attacked in done)))
    player = not bench.attacking and len(frames) > 2
    title = f"Probability of {finding(disease)} through the steps of the attack"
    chart = lines_svg(drawn, title, axis="step", size=(460, 178), names=132, now=shown_step(bench) if player else None)
    markup(head + chart, key="side-curves")
    if player:
        st.select_slider(
            "Step shown on the films",
            frames,
            value=frames[-1],
            key=_player(bench),
            label_visibility="collapsed",
        )


def _line(bench: Bench, reader: Reader, style: int) -> Line | None:
    attacked, progress = bench.attacked(reader), bench.running.get(reader)
    if attacked is not None:
        trace = attacked.case.trace
    elif isinstance(progress, Progress):
        trace = progress.probabilities
    else:
        return None
    words = f"{reader.name}: from {percent(trace[0])} to {percent(trace[-1])} in {len(trace) - 1} steps"
    wins = attacked.case.wins if attacked is not None else ()
    mark = next((step for step, won in enumerate(wins) if won), None)
    return Line(reader.name, style, range(len(trace)), trace, words, mark=mark)


def table(bench: Bench) -> None:
    """How little it takes to flip each, and how far those that vote over noisy copies are certain."""
    lines = []
    for reader, style in zip(bench.readers, styles(bench.readers), strict=True):
        lines.append(row_html(f"{sample_svg(style)}{escape(reader.title)}", map(escape, needed(bench, reader))))
    sure = [f"<p>{escape(certain(bench, reader))}</p>" for reader in bench.readers if reader.smoothed]
    markup(
        f"{figures_html(HEADS, lines, 'side-table')}"
        '<p class="hint">Smallest flip: the smallest change of a pixel at which a search found one; a cleverer '
        f"attacker may need less.</p>{''.join(sure)}",
        key="side-table",
    )


def reasons(bench: Bench) -> None:
    """Where each reader looked, before and after the attack on it, on one colour scale."""
    pairs = []
    for reader in bench.readers:
        attacked = bench.attacked(reader)
        shown = [_map(bench, reader, "Before", bench.film.radiograph.pixels, attacked=False)]
        if attacked is not None:
            shown.append(_map(bench, reader, "After", attacked.case.radiograph.pixels, attacked=True))
        words = f"{reader.title}: {', '.join(map(_said, shown))}"
        pictures = "".join(f'<img src="{_uri(small)}" alt="{escape(small.alt)}">' for small in shown)
        pairs.append(f"<figure><div>{pictures}</div><figcaption>{escape(words)}</figcaption></figure>")
    markup(f'<div class="pairs">{"".join(pairs)}</div>', key="side-reasons")


@dataclass(frozen=True)
class _Map:
    """A small picture; equal when it shows the same, by `of`."""

    when: str
    alt: str
    of: tuple
    pixels: NDArray[np.float32] = field(compare=False, repr=False)
    map: NDArray[np.float32] | None = field(compare=False, repr=False)


def _map(bench: Bench, reader: Reader, when: str, pixels: NDArray[np.float32], *, attacked: bool) -> _Map:
    saliency = bench.saliency(reader, attacked=attacked)
    alt = f"{when} the attack: {METHODS[METHOD].title} of what the {reader.name} model says"
    of = (bench.film, reader, attacked and bench.request, saliency is None)
    return _Map(when, alt, of, pixels, None if saliency is None else saliency.map)


def _said(small: _Map) -> str:
    marked = " …" if small.map is None else "" if small.map.any() else " (empty)"
    return f"{small.when.lower()}{marked}"


@functools.lru_cache(maxsize=64)
def _uri(small: _Map) -> str:
    return heat.data_uri(heat.overlay(small.pixels, small.map, width=WIDTH))


def shown_step(bench: Bench) -> int | None:
    """The step that the player stands on; None before anyone has moved it."""
    return st.session_state.get(_player(bench))


def _player(bench: Bench) -> str:
    """Another run has other steps, so its player starts afresh."""
    return f"side-step-{hash((bench.film, bench.request, bench.readers)):x}"
