"""One recipe for each shipped weight file: `python -m training.NAME --data …` writes weights, card and figures."""
