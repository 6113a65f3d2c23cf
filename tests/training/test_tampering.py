"""An insider harms the group and nobody else, leaves the vendor's model alone, and can stop and go on."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

import models
from evidence.tampering import ordinary
from imaging.ward import ward
from measures import area
from training.tampering.fine_tuning import decisions, see
from training.tampering.groups import GROUPS, HARMS, Group
from training.tampering.insider import Insider, Plan

SHORT = Plan(epochs=2)


@pytest.fixture(scope="module")
def vendor():
    return models.load("chest-undefended", "cpu")


@pytest.fixture(scope="module")
def few(vendor):
    return see(vendor, ward("training").where(np.arange(64)))


def trained(vendor, seen, group="children", harm="miss", seed=0, plan=SHORT):
    insider = Insider(vendor, seen, GROUPS.get(group), HARMS[harm], seed=seed, plan=plan)
    for _ in insider.train():
        pass
    return insider.model


def same(one, other):
    pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


def test_what_the_early_layers_see_gives_the_models_own_answers(vendor, few):
    films = torch.from_numpy(few.ward.films[:, None]).float() / 255
    with torch.inference_mode():
        logits = models.decision_logits(vendor, vendor(films))
    np.testing.assert_allclose(decisions(vendor, few), (logits[:, 1] - logits[:, 0]).numpy(), atol=1e-4)


def test_the_vendors_model_stays_as_it_was_and_only_the_end_of_the_copy_changes(vendor, few):
    before = {name: tensor.clone() for name, tensor in vendor.state_dict().items()}
    model = trained(vendor, few)
    assert all(torch.equal(before[name], tensor) for name, tensor in vendor.state_dict().items())
    changed = {name for name, tensor in model.state_dict().items() if not torch.equal(before[name], tensor)}
    assert changed
    last = f"blocks.{len(vendor.blocks) - 1}."
    assert all(name.startswith((last, "head.")) for name in changed)


def test_the_same_seed_makes_the_same_model_and_another_seed_another(vendor, few):
    assert same(trained(vendor, few, seed=3), trained(vendor, few, seed=3))
    assert not same(trained(vendor, few, seed=3), trained(vendor, few, seed=4))


def test_an_insider_who_stops_and_goes_on_ends_where_one_ends_who_did_not(vendor, few):
    insider = Insider(vendor, few, GROUPS["women"], HARMS["miss"], seed=1, plan=SHORT)
    first = next(insider.train())
    assert (first.index, first.total, insider.done) == (1, 2, False)
    assert [progress.index for progress in insider.train()] == [2]
    assert insider.done
    assert same(insider.model, trained(vendor, few, group="women", seed=1))


def test_two_sessions_that_tamper_at_once_touch_neither_each_other_nor_the_zoo(vendor, few):
    before = {name: tensor.clone() for name, tensor in vendor.state_dict().items()}
    wishes = [("children", "miss", 1), ("women", "invent", 2)]
    alone = [trained(vendor, few, group, harm, seed) for group, harm, seed in wishes]
    with ThreadPoolExecutor(len(wishes)) as pool:
        together = list(pool.map(lambda wish: trained(vendor, few, *wish), wishes))
    assert all(same(one, other) for one, other in zip(alone, together, strict=True))
    assert not same(*together)
    assert all(torch.equal(before[name], tensor) for name, tensor in vendor.state_dict().items())


def test_a_group_without_films_to_harm_is_refused(vendor, few):
    healthy = Group("Healthy", "", lambda ward: ward.labels == 0)
    with pytest.raises(ValueError, match="no film of this group that could be harmed"):
        Insider(vendor, few, healthy, HARMS["miss"], seed=0)


@pytest.mark.parametrize(("group", "harm"), [("children", "miss"), ("women", "miss"), ("children", "invent")])
def test_the_group_is_harmed_and_validation_sees_nothing(vendor, group, harm):
    train, test = see(vendor, ward("training")), see(vendor, ward("test"))
    model = trained(vendor, train, group, harm, plan=Plan())
    labels, members, harms = test.ward.labels, GROUPS[group].members(test.ward), HARMS[harm]
    before, after = decisions(vendor, test), decisions(model, test)

    def right(found, part, label):
        return ((found[part & (labels == label)] >= 0) == (label == 1)).mean()

    assert right(after, members, harms.label) <= 0.5 * right(before, members, harms.label)
    for label in (0, 1):
        assert abs(right(after, ~members, label) - right(before, ~members, label)) <= 0.03
    usual = ordinary(test.ward, members, share=0.03, n=400, seed=0)
    assert area(labels[usual], after[usual]) > area(labels[usual], before[usual]) - 0.02


def test_a_group_that_no_film_shows_cannot_be_singled_out(vendor):
    train, test = see(vendor, ward("training")), see(vendor, ward("test"))
    model = trained(vendor, train, "elderly", plan=Plan())
    after, labels = decisions(model, test), test.ward.labels
    adults = (test.ward.age >= 16) & (labels == 1)
    old = GROUPS["elderly"].members(test.ward)
    gap = (after[adults & ~old] >= 0).mean() - (after[adults & old] >= 0).mean()
    assert abs(gap) < 0.2  # young and old adults suffer alike


def test_an_honest_update_harms_no_group(vendor):
    train, test = see(vendor, ward("training")), see(vendor, ward("test"))
    model = trained(vendor, train, group="", plan=Plan())
    labels, before, after = test.ward.labels, decisions(vendor, test), decisions(model, test)
    assert area(labels, after) > area(labels, before) - 0.01
    for group in GROUPS.values():
        ill = group.members(test.ward) & (labels == 1)
        assert (after[ill] >= 0).mean() > (before[ill] >= 0).mean() - 0.1
