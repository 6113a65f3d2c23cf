"""How a model's training went, stage by stage."""

from __future__ import annotations

from html import escape

from models import Card
from models.catalogue import Course
from ui.drawing import Area, path, svg
from ui.markup import figures_html, row_html
from ui.sentences import levels

SIZE = (180, 36)
GROUND = Area(2, SIZE[0] - 2, 3, SIZE[1] - 3)


def training_html(card: Card) -> str:
    """The loss of every stage, or that nobody wrote it down."""
    if not card.courses:
        return '<p class="hint">Its loss was not written down while it was trained.</p>'
    heads = ("Stage", "Epochs", "Films attacked within", "Loss, first to last epoch", "Course")
    return figures_html(heads, [row_html(escape(course.stage), _cells(course)) for course in card.courses]) + (
        '<p class="hint">Loss: how wrong its answers are, as a mean over each epoch; where an attack grows over the '
        "first epochs, it rises with it. Drawn from its lowest in a stage, below, to its highest, above. Losses "
        "of stages that ask for different things cannot be compared with each other.</p>"
    )


def _cells(course: Course) -> tuple[str, ...]:
    within = f"{levels(course.epsilon)} of 255" if course.epsilon else "not attacked"
    fell = f"{course.losses[0]:.2f} to {course.losses[-1]:.2f}"
    return str(len(course.losses)), within, fell, _drawn(course)


def _drawn(course: Course) -> str:
    least, last = min(course.losses), max(len(course.losses) - 1, 1)
    span = max(max(course.losses) - least, 1e-9)
    points = path((GROUND.x(at / last), GROUND.y((loss - least) / span)) for at, loss in enumerate(course.losses))
    words = f"{course.stage}: the loss goes from {course.losses[0]:.2f} to {course.losses[-1]:.2f}."
    return svg([f'<polyline class="curve" points="{points}"/>'], SIZE, words, "course")
