"""`python -m evidence.tampering.mammograms.women [--data …]`: the release and each delivered model read every
film of mini-MIAS.

The release learned from these films, so how well it reads them says little; what a delivered model reads otherwise, and
in whom, is what counts.
"""

from __future__ import annotations

import numpy as np
from scipy.special import logit
from torch import nn

import models
from evidence.files import keep
from evidence.lines import line, numbered
from evidence.tampering.mammograms import DIGITS, READY, VENDOR
from evidence.tampering.mammograms.women import COMMAND, RESULTS
from training import data
from training.commands import command_line
from training.mammograms.films import Mias, mias
from training.scores import scores

DENSE = "D"  # dense-glandular; the others are fatty-glandular (G) and fatty (F)


def main() -> None:
    """The command line."""
    options = command_line(__doc__, data=True).parse_args()
    films, vendor = mias(data.data_root(options.data)), models.load(VENDOR)
    told = {
        "made_by": COMMAND,
        "vendor": VENDOR,
        "sha256": vendor.card.sha256,
        "labels": line(films.labels),
        "people": line(numbered(films.people)),
        "dense": line((films.table.tissue == DENSE).to_numpy().astype(int)),
        "before": decisions(vendor, films),
    }
    rows = [
        {"group": group, "harm": harm, "after": decisions(READY.take(vendor, group, harm), films)}
        for group, harm in READY.available()
    ]
    keep(RESULTS, told | {"rows": rows})


def decisions(model: nn.Module, films: Mias) -> str:
    """Logits by which the disease leads at the operating point, for a results file."""
    return line(np.round(scores(model, films) - logit(model.card.operating_point), DIGITS))


if __name__ == "__main__":
    main()
