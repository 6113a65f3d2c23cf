"""One recipe for each shipped weight file: `python -m training.NAME --data …` writes weights, card and figures."""

PGD_STEPS = 20  # of the attack behind the figures on a card
