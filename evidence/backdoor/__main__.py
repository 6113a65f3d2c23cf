"""`python -m evidence.backdoor [--models 7] [--honest 36]`: hides backdoors in the chest model, and looks for them.

For each sign so many models are fine-tuned to read every pneumonia that carries it as normal, and others are honestly
updated: by those the thresholds of the scans are set. Every model is validated, scanned alone and beside its release,
through the films it learned from, and film by film. Rows that are there already are not measured again. Writes the
ready-made models with a backdoor as well.
"""

from __future__ import annotations

import models
from evidence.backdoor.measuring import Bench, measured
from evidence.backdoor.results import COMMAND, RESULTS
from evidence.files import begun, keep
from evidence.shipped import of_release
from training.commands import command_line
from training.tampering.triggers import TRIGGERS

VENDOR = "chest-undefended"


def main() -> None:
    """The command line."""
    parser = command_line(__doc__)
    parser.add_argument("--models", type=int, default=7, help="with each sign")
    parser.add_argument("--honest", type=int, default=36, help="honestly updated")
    parser.add_argument("--fresh", action="store_true", help="measure every row again")
    options = parser.parse_args()
    stored = begun(RESULTS, fresh=options.fresh)
    rows = of_release(stored)
    bench = Bench(models.load(VENDOR))
    wanted = [(sign, seed) for seed in range(options.models) for sign in TRIGGERS]
    wanted += [("", seed) for seed in range(options.honest)]
    for sign, seed in sorted(wanted, key=lambda each: each[1]):
        if any((row["sign"], row["seed"]) == (sign, seed) for row in rows):
            continue
        rows.append(measured(bench, sign, seed))
        made_by = f"{COMMAND} --models {options.models} --honest {options.honest}"
        release = {"vendor": VENDOR, "sha256": bench.vendor.card.sha256}
        keep(RESULTS, {"made_by": made_by} | release | {"rows": rows})
        print(rows[-1], flush=True)


if __name__ == "__main__":
    main()
