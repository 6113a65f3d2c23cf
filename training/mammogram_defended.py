"""`mammogram-defended`: taught what a lesion is as its undefended twin, then gone on with on phantoms that an attacker
has changed (Madry et al. 2018). Narrower, and on half as many phantoms, than the twin, which was made better later."""

from training.loop import Adversary, Plan
from training.mammograms.recipe import EPSILONS, LIMITS, OPTIONS, Stage, run
from training.mammograms.task import FindLesions, KnowLesions
from training.publish import Entry

EPSILON = 0.5 / 255  # in display grey values on the network's raster; evening the breast's contrast enlarges it
ENTRY = Entry(
    id="mammogram-defended",
    title="Mammogram, adversarially trained twin",
    summary="A narrower network of the same kind, trained on with films that were attacked at every step, within half "
    "a grey level of 255.",
    twin="mammogram-undefended",
    defended=True,
    options=OPTIONS | {"width": 24},
    limits=(
        "It has learned from phantoms alone and has seen no film of a woman.",
        *LIMITS[1:],
        "Adversarial training defends against small changes of every pixel (L∞) up to about what it was trained "
        "with; it costs some accuracy on ordinary films and promises nothing about other kinds of attack.",
    ),
    compute="one NVIDIA H200, about 8 minutes; on two CPU cores about a day",
    modality="mammogram",
    classes=("normal", "suspicious"),
    attacked=32,
    epsilons=EPSILONS,
)
GROUNDING = (
    Stage(
        "mammogram-defended-patches",
        KnowLesions(),
        Plan(epochs=12, films_per_epoch=4800, rate=0.1, batch=128, average=0.995),
    ),
    Stage(
        "mammogram-defended-breasts",
        FindLesions(),
        Plan(epochs=36, films_per_epoch=4800, rate=0.05, batch=32, average=0.999),
    ),
    Stage(
        "mammogram-defended-hard",
        FindLesions(),
        Plan(epochs=8, films_per_epoch=4800, rate=0.03, batch=32, average=0.998, adversary=Adversary(EPSILON, 2, 2)),
    ),
)

if __name__ == "__main__":
    run(ENTRY, GROUNDING, part="half of train")
