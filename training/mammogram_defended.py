"""`mammogram-defended`: its undefended twin as it was before it saw films of women, gone on with on phantoms that an
attacker has changed (Madry et al. 2018)."""

from training import mammogram_undefended
from training.loop import Adversary, Plan
from training.mammograms.recipe import EPSILONS, LIMITS, OPTIONS, Stage, run
from training.mammograms.task import FindLesions
from training.publish import Entry

EPSILON = 0.5 / 255  # in display grey values on the network's raster; evening the breast's contrast enlarges it
ENTRY = Entry(
    id="mammogram-defended",
    title="Mammogram, adversarially trained twin",
    summary="The same network, trained on with films that were attacked at every step, within half a grey level of "
    "255.",
    twin="mammogram-undefended",
    defended=True,
    options=OPTIONS,
    limits=(
        "It has learned from phantoms alone and has seen no film of a woman.",
        *LIMITS[1:],
        "Adversarial training defends against small changes of every pixel (L∞) up to about what it was trained "
        "with; it costs some accuracy on ordinary films and promises nothing about other kinds of attack.",
    ),
    compute="one NVIDIA H200, about 2 minutes after its twin; on two CPU cores about 9 hours",
    modality="mammogram",
    classes=("normal", "suspicious"),
    attacked=32,
    epsilons=EPSILONS,
)
GROUNDING = (
    *mammogram_undefended.GROUNDING,
    Stage(
        "mammogram-hard-breasts",
        FindLesions(),
        Plan(epochs=8, films_per_epoch=4800, rate=0.03, batch=32, average=0.998, adversary=Adversary(EPSILON, 2, 2)),
    ),
)

if __name__ == "__main__":
    run(ENTRY, GROUNDING)
