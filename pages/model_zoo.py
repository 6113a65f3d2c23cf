"""Models: what each was trained on, how it reads, how it fails, and what the defence changes and costs."""

from ui import fairness, model_cards, peers, shell


def main() -> None:
    """The whole page, top to bottom."""
    shell.begin(shell.MODELS)
    model, twin = model_cards.chosen()
    model_cards.comparison(model, twin)
    model_cards.cards(model, twin)
    fairness.by_group(model, twin)
    model_cards.bill()
    peers.against_others()


main()
