"""`mammogram-undefended`: normal vs suspicious on ordinary films, with nothing done against an attacker."""

from training.loop import Plan
from training.mammograms.recipe import LIMITS, OPTIONS, run
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
    compute="two CPU cores, about 40 minutes, folds included",
    modality="mammogram",
    classes=("normal", "suspicious"),
    attacked=60,
)
GROUND = ("mammogram-ground", Plan(epochs=14, films_per_epoch=768, rate=0.05, batch=32, average=0.99))
TUNE = Plan(epochs=7, films_per_epoch=384, rate=0.02, batch=32, average=0.98)

if __name__ == "__main__":
    run(ENTRY, [GROUND], TUNE)
