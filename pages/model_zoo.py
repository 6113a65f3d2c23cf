"""Models: what each was trained on, how it reads, how it fails, and what the defence changes and costs."""

from ui import fairness, peers, shell
from ui.cards import screen
from ui.drawn_films import drawn_films


def main() -> None:
    """The whole page, top to bottom."""
    shell.begin(shell.MODELS)
    model, twin = screen.chosen()
    screen.comparison(model, twin)
    screen.cards(model, twin)
    fairness.by_group(model, twin)
    drawn_films(model.modality)
    screen.bill()
    peers.against_others()


main()
