"""`chest-noise-12` and `chest-noise-25`: trained with Gaussian noise, so that they can be smoothed and certified.

Cohen, Rosenfeld and Kolter, ICML 2019. Smoothing asks a model about noisy copies of a film; one that has never seen
noise can't read them.
"""

from scipy.stats import beta, norm

from robustness.defences import ALPHA, COPIES
from robustness.defences.smoothing import Certificate
from training.chest import LIMITS, OPTIONS, run
from training.loop import Plan
from training.publish import Entry
from training.tasks import Noisy

SIGMAS = (0.12, 0.25)  # display units
SIDE = 224  # of Kermany's films
PLAN = Plan(epochs=18, films_per_epoch=6400, rate=0.1, batch=128, average=0.998)


def provable(sigma: float) -> float:
    """The largest change of every pixel alike, in grey levels, that `certify` can prove: where all its copies agree."""
    return Certificate(0, sigma * float(norm.ppf(beta.ppf(ALPHA, COPIES, 1))), sigma).levels(SIDE**2)


def entry(sigma: float) -> Entry:
    """What is said of the model for noise of `sigma`."""
    return Entry(
        id=f"chest-noise-{round(100 * sigma)}",
        title=f"Chest X-ray, noise-trained {sigma:g}",
        summary=f"Trained on films under noise of standard deviation {sigma:g} (black is 0, white 1). Asked about many "
        "noisy copies of one film, it can certify that no change up to a certain size alters its answer.",
        twin="chest-undefended",
        defended=True,
        options=OPTIONS | {"noise": sigma},
        limits=(
            *LIMITS,
            "A certificate speaks of the total change of the film (L2). Spread over every pixel of a film of "
            f"{SIDE} × {SIDE} a thousand copies prove at most {provable(sigma):.2f} of 255 grey levels, of a larger "
            "film less: far below the two grey levels of the attacks shown here.",
        ),
        compute="one NVIDIA H200, about 2 minutes beside six other trainings; on two CPU cores about 2 hours. There, "
        "NIH films came in as 224 pixels",
        attacked=100,
        recipe="chest_noise",
    )


if __name__ == "__main__":
    for sigma in SIGMAS:
        run(entry(sigma), PLAN, task=Noisy(sigma), phantoms=2400)
