"""From results files to comparisons: a row of the table and the figures that the plot draws."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from evidence.peers import Row
from measures import Estimate

STRONGEST = "Films still read correctly under the strongest attack (fewer: the attack is stronger)"
PGD = "Films flipped by the standard attack (PGD), step for step the same"
SMALLEST = "The smallest change that flips a reading (smaller is better), in grey levels of 255"
SCORES = "Films flipped by an attacker who may only ask the model for its scores (more is better)"
DECISIONS = "Questions until a reading flips, for an attacker who sees the answer alone (fewer is better)"
MEMORY = "Memory that an attack on a large mammogram takes"


@dataclass(frozen=True)
class Ratio:
    """Ours over theirs with its bar: the largest ratio that reaches it."""

    name: str
    value: Estimate
    bar: float

    @property
    def reached(self) -> bool:
        """Whether the figure itself, not its interval, keeps to the bar."""
        return self.value.value <= self.bar + 1e-9


@dataclass(frozen=True)
class Comparison:
    """A row, shares of films of ours and theirs where it compares such, and its ratios."""

    row: Row
    shares: tuple[Estimate, Estimate] | None = None
    ratios: tuple[Ratio, ...] = ()


def comparisons(results: dict[str, dict[str, Any]]) -> list[Comparison]:
    """Every comparison that the results files hold; `results` by name of the file, in the order of the table."""
    return [entry for name, read in READERS.items() if name in results for entry in read(results[name])]


def robust_accuracy(found: dict[str, Any]) -> Iterator[Comparison]:
    """`strongest` against AutoAttack."""
    bars, rules = found["bars"], found["rules"]
    for part in found["parts"]:
        what = (
            f"*strongest* against torchattacks' AutoAttack ({rules['steps']} steps; up to {rules['questions']} "
            f"Square queries in both, ours leave a film that will hardly flip in time), {_setting(part)}"
        )
        bar = "at most 0.5 points more than theirs, in at most half the time"
        excess = part["difference"]["value"] <= bars["difference"] + 1e-9
        yield _shares(STRONGEST, what, bar, found, part, {"accuracy": excess}, bars["time_ratio"])


def pgd(found: dict[str, Any]) -> Iterator[Comparison]:
    """PGD with early stop against each peer's."""
    bars = found["bars"]
    for part in found["parts"]:
        what = (
            "*pgd* with early stop (a film is left once it flips, or once its pace tells that it will not) against "
            f"PGD of {part['peer']}, {found['rules']['steps']} steps, {_setting(part)}"
        )
        bar = "as many within 0.5 points, in at most a third of the time"
        same = abs(part["difference"]["value"]) <= bars["difference"] + 1e-9
        yield _shares(PGD, what, bar, found, part, {"success": same}, bars["time_ratio"])


def score_queries(found: dict[str, Any]) -> Iterator[Comparison]:
    """Square against torchattacks' Square."""
    for part in found["parts"]:
        what = f"*square* against torchattacks' Square, {found['rules']['questions']} queries in both, {_setting(part)}"
        enough = part["difference"]["value"] >= found["bars"]["difference"] - 1e-9
        yield _shares(SCORES, what, "at least as many as theirs", found, part, {"success": enough}, None)


def minimum_norm(found: dict[str, Any]) -> Iterator[Comparison]:
    """Smallest changes in L∞, film by film."""
    sizes, bars = found["linf"], found["bars"]
    for pair in sizes["against"]:
        ours, theirs = sizes[pair["ours"]], sizes[pair["peer"]]
        size = Ratio("size", Estimate(**pair["size_ratio"]), bars["size_ratio"])
        spent = Ratio("time", Estimate(**pair["time_ratio"]), bars["time_ratio"])
        row = Row(
            SMALLEST,
            f"*{pair['ours']}* against {pair['peer']}, L∞, {found['steps']} steps, {found['model']}",
            "at most 1.02 times theirs, in at most a third of the time",
            *(f"median {_size(side['median'])}, {side['seconds']:.2f} s a film" for side in (ours, theirs)),
            f"size × {_ratio(size.value)}; time × {_ratio(spent.value)}",
            len(ours["sizes"]),
            {"size": _median_reached(ours, theirs, bars["size_ratio"]), "time": spent.reached},
            found["made_by"],
        )
        yield Comparison(row, ratios=(size, spent))


def decision_queries(found: dict[str, Any]) -> Iterator[Comparison]:
    """RayS and HopSkipJump against ART's HopSkipJump."""
    most = found["most"]
    for ours, value in found["ratio"].items():
        ratio = Ratio("queries", Estimate(**value), found["bars"]["ratio"])
        n = ratio.value.n
        row = Row(
            DECISIONS,
            f"*{ours}* against ART's HopSkipJump, until ε {found['epsilon']:g} of 255, at most {most} queries, "
            f"{found['model']}",
            "at most half of theirs",
            *(
                f"median {found['median'][side]['value']:.0f}, {found['reached'][side]} of {n} reached"
                for side in (ours, "ART")
            ),
            f"queries × {_ratio(ratio.value)}",
            n,
            {"queries": ratio.reached},
            found["made_by"],
        )
        yield Comparison(row, ratios=(ratio,))


def memory(found: dict[str, Any]) -> Iterator[Comparison]:
    """A whole mammogram."""
    height, width = found["pixels"]
    what = f"*{found['attack']}*, {found['steps']} steps on {height:,} × {width:,} pixels, model: {found['model']}"
    reached = {"memory": found["gigabytes"] <= found["bars"]["gigabytes"]}
    figures = ("at most 4 GB", f"{found['gigabytes']:.2f} GB", "not measured", "")
    yield Comparison(Row(MEMORY, what, *figures, 1, reached, found["made_by"]))


READERS: dict[str, Callable[[dict[str, Any]], Iterator[Comparison]]] = {
    "robust_accuracy": robust_accuracy,
    "pgd": pgd,
    "minimum_norm": minimum_norm,
    "decision_queries": decision_queries,
    "score_queries": score_queries,
    "memory": memory,
}


def _shares(
    question: str,
    what: str,
    bar: str,
    found: dict[str, Any],
    part: dict[str, Any],
    reached: dict[str, bool],
    time_bar: float | None,
) -> Comparison:
    ours, theirs, gap = (Estimate(**part[name]) for name in ("ours", "theirs", "difference"))
    told = [
        f"{_share(share)}, {part['seconds_a_film'][side]:.2f} s a film"
        for side, share in (("ours", ours), ("theirs", theirs))
    ]
    spent = Estimate(**part["time_ratio"])
    ratios = () if time_bar is None else (Ratio("time", spent, time_bar),)
    paired = f"{_points(gap)}; time × {_ratio(spent)}"
    reached = reached | {ratio.name: ratio.reached for ratio in ratios}
    return Comparison(
        Row(question, what, bar, *told, paired, ours.n, reached, found["made_by"]), (ours, theirs), ratios
    )


def _median_reached(ours: dict[str, Any], theirs: dict[str, Any], bar: float) -> bool:
    if theirs["median"] is None:
        return ours["median"] is not None
    return ours["median"] is not None and ours["median"] <= theirs["median"] * bar


def _setting(part: dict[str, Any]) -> str:
    return f"ε {part['epsilon']:g} of 255, {part['model']}"


def _size(levels: float | None) -> str:
    return "not reached" if levels is None else f"{levels:.2f}"


def _share(share: Estimate) -> str:
    return f"{share.value * 100:.1f} % ({share.low * 100:.1f} – {share.high * 100:.1f})"


def _points(gap: Estimate) -> str:
    value, low, high = (f"{100 * part:+.1f}".replace("-", "−") for part in (gap.value, gap.low, gap.high))
    value = "0.0" if value in ("+0.0", "−0.0") else value
    return f"{value} points ({low} to {high})"


def _ratio(ratio: Estimate) -> str:
    if ratio.n == 1:  # a single batch carries no interval
        return f"{ratio.value:.2f} (n 1)"
    return f"{ratio.value:.2f} ({ratio.low:.2f} – {ratio.high:.2f})"
