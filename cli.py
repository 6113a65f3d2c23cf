"""The terminal's front door: `python cli.py read|attack|models|phantoms …`, each with `--json`. No logic."""

from __future__ import annotations

import argparse
import dataclasses
import functools
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import imaging
import models
from robustness import REGISTRY
from ui.sentences import answer, verdict

if TYPE_CHECKING:
    from imaging import Radiograph
    from models import Reading

DEFAULT_KIND = "chest"
SUFFIXES = {".dcm", ".png", ".jpg", ".jpeg", ".tif", ".bmp", ".gif"}
WRONG = 2  # exit status for anything the person can put right


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, as every other error of the terminal does."""

    def error(self, message: str) -> NoReturn:
        self.exit(WRONG, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        return options.verb(options)
    except (ValueError, OSError) as error:  # the rooms raise these with a sentence for the reader
        print(f"{error}".replace("\n", " "), file=sys.stderr)
        return WRONG


def read(options: argparse.Namespace) -> int:
    """Read each image; one that can't be read costs a line on stderr, not the readings of the others."""
    if options.model is not None:
        _load(options.model)
    found: list[dict[str, Any]] = []
    status = 0
    for path in options.images:
        try:
            radiograph = _open(path)
            model = _model(options, radiograph)
            reading = models.read(model, radiograph)
        except ValueError as error:
            print(error, file=sys.stderr)
            status = WRONG
            continue
        found.append({"image": str(path), **_reading(reading), "warnings": list(radiograph.warnings)})
        if not options.json:
            print(f"{path}: {answer(reading, model.card.disease)}")
            for warning in radiograph.warnings:
                print(f"  {warning}")
    if options.json and (found or not status):
        _print_json(found[0] if len(options.images) == 1 else found)
    return status


def attack(options: argparse.Namespace) -> int:
    """Attack one image; `prediction` and `probability` are of the altered file, written and read again."""
    from robustness import attack_radiograph
    from robustness.regions import lesion_beside, region_of

    if options.model is not None:
        _load(options.model)
    radiograph = _open(options.image)
    model = _model(options, radiograph)
    if options.goal is not None and options.goal not in model.card.classes:
        raise ValueError(f"expected --goal to be one of {', '.join(model.card.classes)}, got {options.goal!r}")
    if options.save is not None and options.save.suffix.lower() in SUFFIXES - {radiograph.suffix}:
        raise ValueError(f"expected --save to end in {radiograph.suffix}, as the image's own kind, got {options.save}")
    region = None
    if options.region is not None:
        region = region_of(options.region, radiograph, lesion_beside(options.image))
    case = attack_radiograph(
        model,
        radiograph,
        attack=options.attack,
        epsilon=options.epsilon,
        norm=options.norm,
        goal=options.goal,
        region=region,
        seed=options.seed,
    )
    if options.save is not None:
        imaging.write(case.radiograph, options.save)
    if options.json:
        _print_json(
            {
                "image": str(options.image),
                **_reading(case.after),
                "attack": options.attack,
                "norm": case.norm,
                "goal": options.goal,
                "region": options.region,
                "before": _reading(case.before),
                "after": _reading(case.after),
                "noise": _reading(case.noise),
                "flipped": case.flipped,
                "epsilon": case.epsilon,
                "largest_change": case.largest_change,
                "rms_change": case.rms_change,
                "steps": case.steps,
                "queries": case.queries,
                "seconds": case.seconds,
                "seed": case.seed,
                "saved": None if options.save is None else str(options.save),
                "warnings": list(radiograph.warnings),
            }
        )
    else:
        before, after, rest = verdict(case, model.card.disease)
        print(f"{before[0].upper()}{before[1:]} → {after}. {rest}")
    return 0


def list_models(options: argparse.Namespace) -> int:
    """The zoo: ids and cards."""
    cards = [models.card(id) for id in models.ids()]
    if options.json:
        _print_json([dataclasses.asdict(card) for card in cards])
    else:
        for card in cards:
            print(f"{card.id}: {card.summary}")
    return 0


def phantoms(options: argparse.Namespace) -> int:
    """Write digital phantoms as DICOM, with their lesion masks and a table of the cases."""
    from imaging import phantoms

    table = phantoms.write_cohort(
        options.n,
        seed=options.seed,
        directory=options.out,
        modality=options.modality,
        size=options.size,
        prevalence=options.prevalence,
    )
    if options.json:
        _print_json({"modality": options.modality, "n": options.n, "seed": options.seed, "cases": str(table)})
    else:
        print(f"{options.n} {options.modality} phantoms in {options.out}; their table is {table}")
    return 0


def _parser() -> Parser:
    parser = Parser(
        prog="cli.py", description="Read radiographs with a model, and attack it. Education, not diagnosis."
    )
    verbs = parser.add_subparsers(required=True, metavar="VERB")

    verb = _verb(verbs, "read", read, "what a model says about images")
    verb.add_argument("images", nargs="+", type=Path, metavar="IMAGE", help="DICOM, PNG, JPEG or TIFF")
    verb.add_argument("--model", metavar="ID", help="default: the undefended one for this kind of film")

    verb = _verb(verbs, "attack", attack, "change an image until the model reads it wrongly")
    verb.add_argument("image", type=Path, metavar="IMAGE", help="DICOM, PNG, JPEG or TIFF")
    verb.add_argument("--model", metavar="ID", help="default: the undefended one for this kind of film")
    verb.add_argument("--attack", default="pgd", metavar="NAME", help=f"one of {', '.join(REGISTRY)}; default pgd")
    verb.add_argument("--epsilon", type=float, metavar="LEVELS", help="grey levels of 255; default 2, a sticker's 255")
    verb.add_argument("--norm", default="linf", choices=("linf", "l2"), help="l2 bounds the root-mean-square change")
    verb.add_argument("--goal", metavar="CLASS", help="the reading to bring about; else any wrong one")
    verb.add_argument(
        "--region",
        choices=("lesion", "outside", "border"),
        help="change pixels only inside or outside the lesion (white in film.mask.png beside film.dcm), or only in the "
        "plain border",
    )
    verb.add_argument("--seed", type=int, default=0, metavar="N")
    verb.add_argument("--save", type=Path, metavar="OUT", help="write the altered image here")

    _verb(verbs, "models", list_models, "the models that come with it")

    verb = _verb(verbs, "phantoms", phantoms, "make digital phantoms as DICOM files")
    verb.add_argument("--modality", default="chest", choices=("chest", "mammogram"))
    verb.add_argument("--n", type=int, default=8, metavar="N")
    verb.add_argument("--seed", type=int, default=0, metavar="S")
    verb.add_argument("--size", type=int, default=512, metavar="ROWS", help="rows of pixels; default 512")
    verb.add_argument("--prevalence", type=float, default=0.5, metavar="P", help="share with disease; default 0.5")
    verb.add_argument("--out", type=Path, required=True, metavar="DIR")
    return parser


def _verb(verbs: Any, name: str, call: Any, text: str) -> argparse.ArgumentParser:
    verb = verbs.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    verb.add_argument("--json", action="store_true", help="print JSON")
    verb.set_defaults(verb=call)
    return verb


def _open(path: Path) -> Radiograph:
    """Read a file; the error of one that can't be read begins with its path."""
    try:
        return imaging.read(path)
    except imaging.UnreadableImage as error:
        raise ValueError(f"{path}: {error}") from None


@functools.cache
def _load(id: str) -> Any:
    return models.load(id)


def _model(options: argparse.Namespace, radiograph: Radiograph) -> Any:
    """The model asked for, else the undefended one for what the file says it is (a picture: a chest film)."""
    return _load(options.model or models.pair(models.kind_of(radiograph.modality) or DEFAULT_KIND)[0].id)


def _reading(reading: Reading) -> dict[str, Any]:
    return dataclasses.asdict(reading)


def _print_json(value: Any) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    sys.exit(main())
