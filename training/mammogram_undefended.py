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
    compute="one NVIDIA H200, about 11 minutes, folds included; on two CPU cores about two days",
    modality="mammogram",
    classes=("normal", "suspicious"),
    attacked=32,
    epsilons=EPSILONS,
)
GROUNDING = (
    Stage(
        "mammogram-patches",
        "Patches",
        KnowLesions(),
        Plan(epochs=22, films_per_epoch=4800, rate=0.1, batch=128, average=0.995),
        first=2400,
    ),
    Stage(
        "mammogram-breasts",
        "Whole breasts",
        FindLesions(),
        Plan(epochs=62, films_per_epoch=4800, rate=0.08, batch=64, average=0.999),
    ),
)
TUNING = (
    Stage(
        "breasts",
        "Women among the phantoms",
        FindLesions(),
        Plan(epochs=3, films_per_epoch=4800, rate=0.008, batch=32, average=0.998),
    ),
)

if __name__ == "__main__":
    run(ENTRY, GROUNDING, TUNING)
