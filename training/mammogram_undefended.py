"""`mammogram-undefended`: normal vs suspicious on ordinary films, with nothing done against an attacker."""

from training.loop import Plan
from training.mammograms.recipe import EPSILONS, LIMITS, OPTIONS, Stage, run
from training.mammograms.task import FindLesions, KnowLesions
from training.publish import Entry

ENTRY = Entry(
    id="mammogram-undefended",
    title="Mammogram, undefended",
    summary="Reads a mammogram as normal or suspicious, by the place that looks most like a cancer. Trained the "
    "ordinary way, as most published models are.",
    twin="mammogram-defended",
    defended=False,
    options=OPTIONS,
    limits=LIMITS,
    compute="two CPU cores, about two hours, folds included",
    modality="mammogram",
    classes=("normal", "suspicious"),
    attacked=32,
    epsilons=EPSILONS,
)
GROUNDING = (
    Stage("mammogram-patches", KnowLesions(), Plan(epochs=40, films_per_epoch=6400, rate=0.1, average=0.995)),
    Stage("mammogram-breasts", FindLesions(), Plan(epochs=24, films_per_epoch=1280, rate=0.03, batch=16, average=0.99)),
    Stage("mammogram-longer", FindLesions(), Plan(epochs=22, films_per_epoch=1280, rate=0.03, batch=16, average=0.99)),
)
TUNING = (
    Stage("patches", KnowLesions(), Plan(epochs=4, films_per_epoch=1600, rate=0.03, average=0.98)),
    Stage("breasts", FindLesions(), Plan(epochs=8, films_per_epoch=400, rate=0.015, batch=16, average=0.97)),
)

if __name__ == "__main__":
    run(ENTRY, GROUNDING, TUNING)
