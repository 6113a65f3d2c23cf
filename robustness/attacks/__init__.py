"""Attacks, one a file. To add one: a file here with a function `run`, and a line in `REGISTRY`.

Screen, terminal and tests are driven by the registry. Importing it needs no torch.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor, nn

    from robustness.result import AttackResult, OnStep
    from robustness.threat import Knowledge, NormName, ThreatModel


@dataclass(frozen=True)
class Attack:
    """An attack by name. Call it to run it.

    Args:
        name: the file under `robustness/attacks/` that holds it.
        title: its name among specialists.
        plain: what it does, for a clinician.
        source: the paper.
        norms: the norms that it knows.
        knowledge: what it must know of the model.
        control: True for what an accident does rather than an adversary.
        visible: True for what everyone may see; on a radiograph no epsilon bounds it unless one is given.
    """

    name: str
    title: str
    plain: str
    source: str
    norms: tuple[NormName, ...] = ("linf", "l2")
    knowledge: Knowledge = "white box"
    control: bool = False
    visible: bool = False

    def __call__(
        self,
        model: nn.Module,
        images: Tensor,
        labels: Tensor,
        threat: ThreatModel,
        *,
        seed: int,
        on_step: OnStep | None = None,
        **options: Any,
    ) -> AttackResult:
        """Attack a batch.

        Args:
            model: images `[N, 1, H, W]` in [0, 1] → logits `[N, classes]`, in eval mode.
            images: `[N, 1, H, W]`, display space, on the model's device.
            labels: int `[N]`, the answers to be lost.
            threat: the rules.
            seed: all randomness comes from it, that of a model that answers by chance (`robustness.chance`) too.
            on_step: sees each step and may stop the run.
            **options: see the attack's own file.

        Raises:
            ValueError: a norm that the attack does not know, more to know than the threat allows, images, labels, a
                goal or a region that do not fit, a model in training mode, one without a gradient (white box), one that
                answers with something else than numbers.
        """
        if threat.knowledge not in ("white box", self.knowledge):
            raise ValueError(
                f"{self.title} needs a {self.knowledge} attacker, but the threat allows {threat.knowledge!r}"
            )
        if threat.norm not in self.norms:
            raise ValueError(f"{self.title} knows the norms {', '.join(self.norms)}, got {threat.norm!r}")
        import_module("robustness.chance").settle(model, seed)
        run = import_module(f"{__name__}.{self.name}").run
        return run(model, images, labels, threat, seed=seed, on_step=on_step, **options)


REGISTRY: dict[str, Attack] = {
    attack.name: attack
    for attack in (
        Attack(
            "fgsm",
            "Fast gradient sign method (FGSM)",
            "Asks the model once in which direction each pixel would mislead it, and moves them there in one step.",
            "Goodfellow, Shlens and Szegedy, Explaining and harnessing adversarial examples, ICLR 2015",
        ),
        Attack(
            "pgd",
            "Projected gradient descent (PGD)",
            "Asks the model again after every small step, and never leaves the allowed change.",
            "Madry et al., Towards deep learning models resistant to adversarial attacks, ICLR 2018",
        ),
        Attack(
            "mi_fgsm",
            "Momentum iterative FGSM (MI-FGSM)",
            "Takes equal steps and keeps its direction, so what it finds often misleads other models, too.",
            "Dong et al., Boosting adversarial attacks with momentum, CVPR 2018",
        ),
        Attack(
            "apgd",
            "Auto-PGD (APGD)",
            "As PGD, but finds its own step length: it remembers its direction, and halves a step that stops paying.",
            "Croce and Hein, Reliable evaluation of adversarial robustness, ICML 2020",
        ),
        Attack(
            "deepfool",
            "DeepFool",
            "Goes straight to the nearest point where the model's answer would tip, and no further.",
            "Moosavi-Dezfooli, Fawzi and Frossard, DeepFool, CVPR 2016",
        ),
        Attack(
            "carlini_wagner",
            "Carlini and Wagner (C&W)",
            "Weighs a wrong answer against the size of the change, and searches for the weight that makes it smallest.",
            "Carlini and Wagner, Towards evaluating the robustness of neural networks, IEEE S&P 2017",
            norms=("l2",),
        ),
        Attack(
            "fmn",
            "Fast minimum norm (FMN)",
            "Tightens its own limit after each success and loosens it after each failure, to find the smallest change.",
            "Pintor et al., Fast minimum-norm adversarial attacks through adaptive norm constraints, NeurIPS 2021",
        ),
        Attack(
            "sparse",
            "Sparse PGD (few pixels)",
            "Changes only one pixel in twenty, those that mislead the model most, and leaves all others as they were.",
            "Croce and Hein, Sparse and imperceivable adversarial attacks, ICCV 2019",
            norms=("linf",),
        ),
        Attack(
            "smooth",
            "Smooth Auto-PGD (low frequency, EOT)",
            "Shades the film so softly that the change outlives JPEG, another size and blur, as in an archive.",
            "Athalye et al., Synthesizing robust adversarial examples, ICML 2018; Guo, Frank and Weinberger, 2018",
        ),
        Attack(
            "patch",
            "Adversarial patch (sticker)",
            "Puts a square as large as a side marker where it misleads the model most, for everyone to see.",
            "Brown et al., Adversarial patch, 2017",
            norms=("linf",),
            visible=True,
        ),
        Attack(
            "transfer",
            "Transfer from another model",
            "Never touches the model: misleads a similar one that the attacker owns, and hopes that both err alike.",
            "Papernot, McDaniel and Goodfellow, Transferability in machine learning, 2016",
            knowledge="transfer",
        ),
        Attack(
            "square",
            "Square attack",
            "Knows nothing of the model and only asks it: paints faint squares by chance, keeps those that mislead it.",
            "Andriushchenko et al., Square attack, ECCV 2020",
            norms=("linf",),
            knowledge="queries",
        ),
        Attack(
            "hop_skip_jump",
            "HopSkipJump (decision only)",
            "Sees only the reading, no probability: begins with a film read otherwise, feels its way back to this one.",
            "Chen, Jordan and Wainwright, HopSkipJumpAttack, IEEE S&P 2020; Li et al., QEBA, CVPR 2020",
            knowledge="queries",
        ),
        Attack(
            "rays",
            "RayS (decision only)",
            "Sees only the reading: shades the film in squares, turns one after another over, and keeps what pays.",
            "Chen and Gu, RayS: a ray searching method for hard-label adversarial attack, KDD 2020",
            norms=("linf",),
            knowledge="queries",
        ),
        Attack(
            "strongest",
            "Strongest: Auto-PGD twice, minimum norm, Square (L∞)",
            "Tries one strong attack after another until one of them succeeds: what a robust model has to stand.",
            "After AutoAttack: Croce and Hein, Reliable evaluation of adversarial robustness, ICML 2020",
        ),
        Attack(
            "noise",
            "Random noise",
            "Changes each pixel by chance, as much as an attack may: what an accident of the same size does.",
            "Control: random signs (L∞) or Gaussian noise scaled to the budget (L2)",
            knowledge="queries",
            control=True,
        ),
    )
}
