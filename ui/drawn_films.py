"""How real the drawn films are, by measure, folded away below the cards."""

from __future__ import annotations

from html import escape

from evidence import realism
from evidence.realism import Realism, Spread
from measures import Estimate
from ui.markup import area_html, figures_html, markup, row_html
from ui.sentences import raised

WORDS = {"chest": "chests", "mammogram": "breasts"}
CLASSIFIERS = {
    "network, 128 px": "A network, films of 128 × 128 pixels",
    "network, 32 px": "A network, films of 32 × 32 pixels",
    "linear, spectrum and histogram": "A line through spectrum and histogram",
}


def drawn_films(modality: str) -> None:
    """The whole block, of `"chest"` or `"mammogram"`."""
    markup(block_html(modality, realism.load(modality)), key=f"realism-{modality}")


def block_html(modality: str, found: Realism) -> str:
    """What is measured, from the bluntest to the finest."""
    commands = ", ".join(f"<code>{escape(command)}</code>" for command in found.made_by)
    return (
        '<details class="story"><summary>How real are the drawn films?</summary>'
        f"<p>The bundled {WORDS[modality]} are digital phantoms, drawn by rule from seeds: no film of a person goes "
        f"into one. {_gist(found)} So a figure measured on drawn films says how an attack or a defence works, never "
        "how a model does in a clinic.</p>"
        f"{_told_apart_html(found)}{_readings_html(found)}{_contrasts_html(found)}{_beside_html(found)}"
        f'<p class="hint">Small: 95 % interval; ±: standard deviation over films. Remade by {commands}.</p></details>'
    )


def _gist(found: Realism) -> str:
    """The best of the classifiers on each group of films."""
    best = {whose: max(tests.values(), key=lambda area: area.value) for whose, tests in found.told_apart.items()}
    told = " and ".join(f"{area.value:.3f} ({escape(whose)}, n {area.n})" for whose, area in best.items())
    return f"A program trained for nothing else tells them from real ones with an AUC of {told}; 0.5 is guessing."


def _told_apart_html(found: Realism) -> str:
    groups = list(found.told_apart)
    rows = (
        row_html(words, (_area(found.told_apart[whose].get(how)) for whose in groups))
        for how, words in CLASSIFIERS.items()
    )
    return figures_html(("AUC of telling drawn films from real ones", *map(raised, groups)), rows)


def _readings_html(found: Realism) -> str:
    """What models trained on one kind of film make of the other."""
    if not found.readings:
        return ""
    trainings = list(found.readings)
    whose = dict.fromkeys(name for read in found.readings.values() for name in read)
    rows = (
        row_html(escape(raised(name)), (_area(found.readings[training].get(name)) for training in trainings))
        for name in whose
    )
    heads = ("AUC of reading pneumonia", *map(raised, trainings))
    return figures_html(heads, rows) + (
        '<p class="hint">The shipped model, and others that were trained for this test alone, three times each: what '
        "is judged is the mean of the three. Of the real adults it is all whom a model was not trained on. What models "
        "of real children make of the adults of another hospital says how far one set of real films carries to the "
        "next: no drawn film has to be closer. Read again: films that radiologists looked at a second time; of those, "
        "the ill are mostly AP. The cards tell of films that were drawn in the style of the models' day; they look "
        "more real since.</p>"
    )


def _contrasts_html(found: Realism) -> str:
    """How far cancers stand out."""
    if not found.contrasts:
        return ""
    heads = ("How far a cancer stands out of what is around it", "Women (MIAS)", "Drawn")
    rows = (row_html(escape(raised(sign)), map(_spread, pair)) for sign, pair in found.contrasts.items())
    return figures_html(heads, rows) + (
        '<p class="hint">Mean grey of the lesion minus that of a ring around it, in standard deviations of the ring. '
        "Drawn ones that stand out less are harder to see than those of women.</p>"
    )


def _beside_html(found: Realism) -> str:
    lines = []
    for name, own in found.beside.items():
        lines.append(f'<tr class="set"><th colspan="3">{escape(raised(name))}</th></tr>')
        lines += [row_html(escape(raised(measure)), map(_spread, pair)) for measure, pair in own.items()]
    return figures_html(("Texture and grey levels", "Real", "Drawn"), lines) + (
        '<p class="hint">Slope: how fast the power of detail falls with its fineness (1/f to that power).</p>'
    )


def _area(area: Estimate | None) -> str:
    return "" if area is None else area_html(area)


def _spread(spread: Spread) -> str:
    return f"<b>{spread.mean:.2f}</b> <span>± {spread.sd:.2f}, n {spread.n}</span>"
