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
    compute="one NVIDIA H200, about 8 minutes, folds included; on two CPU cores about a day",
    modality="mammogram",
    classes=("normal", "suspicious"),
    attacked=32,
    epsilons=EPSILONS,
)
GROUNDING = (
    Stage(
        "mammogram-patches",
        KnowLesions(),
        Plan(epochs=12, films_per_epoch=4800, rate=0.1, batch=128, average=0.995),
    ),
    Stage(
        "mammogram-breasts",
        FindLesions(),
        Plan(epochs=36, films_per_epoch=4800, rate=0.05, batch=32, average=0.999),
    ),
)
TUNING = (Stage("breasts", FindLesions(), Plan(epochs=6, films_per_epoch=4800, rate=0.02, batch=32, average=0.998)),)

if __name__ == "__main__":
    run(ENTRY, GROUNDING, TUNING)
