"""The table against the peers, from the results files: `python -m benchmarks.table`.

Writes `docs/benchmarks.md`, its plot `docs/benchmarks.svg` and what the app shows, `evidence/peers/table.json`. It
measures nothing: each row names the command that does.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from benchmarks.plot import draw
from benchmarks.rows import READERS, comparisons
from evidence import peers
from evidence.peers import Row

RESULTS = Path(__file__).parent / "results"
DOCS = Path(__file__).parents[1] / "docs"
HEAD = """# Against the peers

Same model, films, budget and processor, one run for both sides. The peers are torchattacks, foolbox and ART in the
versions of `requirements-dev.txt`. Films are the first *n* of a fixed shuffle of `kermany-224/test`, at their own 224
pixels. In brackets: 95 % intervals (Wilson for shares, Newcombe's for paired differences, order statistics for medians,
a bootstrap over batches for ratios of times). Times are processor time. *Paired* is ours less theirs, or ours over
theirs, on the same films. A bar counts as reached by the figure, not by its interval: read a small *n* with its
interval, and no row beyond its model and films.

AutoAttack is built from those of its parts that work for two classes: APGD on the cross entropy, FAB, Square. The
difference-of-logits ratio (DLR) divides by the distance from a third logit, which two classes do not have.

Each row's command measures it again, and goes on where it was cut off. Brendel & Bethge needs numba besides the
development requirements (`pip install -r benchmarks/requirements.txt`).

![Robust accuracy under ours and the peer's attack, and ratios of ours to theirs with their bars](benchmarks.svg)
"""


def main() -> None:
    """Read the results, write table, plot and the app's rows."""
    results = {
        name: json.loads(path.read_text(encoding="utf-8")) for name in READERS if (path := _path(name)).is_file()
    }
    found = comparisons(results)
    rows = tuple(entry.row for entry in found)
    (DOCS / "benchmarks.md").write_text(markdown(rows), encoding="utf-8")
    draw(found, DOCS / "benchmarks.svg")
    peers.save(rows)
    print(f"{len(rows)} rows, {sum(row.verdict == 'yes' for row in rows)} with their bar reached")


def markdown(rows: Sequence[Row]) -> str:
    """The page: a heading and a table for each question, then the commands."""
    parts = [HEAD]
    for question in dict.fromkeys(row.question for row in rows):
        of_it = [row for row in rows if row.question == question]
        parts.append(
            f"\n## {question}\n\n| what | bar | ours | theirs | paired | n | reached |\n|---|---|---|---|---|---|---|\n"
        )
        parts += [
            f"| {row.what} | {row.bar} | {row.ours} | {row.theirs} | {row.paired} | {row.n} | {row.verdict} |\n"
            for row in of_it
        ]
        commands = ", ".join(f"`{command}`" for command in dict.fromkeys(row.command for row in of_it))
        parts.append(f"\nMade by {commands}.\n")
    parts.append(f"\nThis page, its plot and the app's table: `{peers.COMMAND}`.\n")
    return "".join(parts)


def _path(name: str) -> Path:
    return RESULTS / f"{name}.json"


if __name__ == "__main__":
    main()
