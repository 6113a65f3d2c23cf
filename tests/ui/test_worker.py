"""The background thread: order, stopping, errors in words."""

import threading
import time
from dataclasses import dataclass

from ui.worker import FAILED, Abandoned, Common, Work


@dataclass(frozen=True)
class Say:
    word: str

    def run(self, work):
        return self.word.upper()


@dataclass(frozen=True)
class Fail:
    error: type

    def run(self, work):
        raise self.error("the sentence")


@dataclass(frozen=True)
class UntilStopped:
    abandons: bool = False

    def run(self, work):
        assert work.stopping.wait(10)
        if self.abandons:
            raise Abandoned
        return "what was reached"


def done(work):
    deadline = time.monotonic() + 10
    while work.running:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    return work


def test_works_through_what_is_wanted_and_computes_nothing_twice():
    calls = []

    @dataclass(frozen=True)
    class Count:
        name: str

        def run(self, work):
            calls.append(self.name)

    work = Work(lambda: iter([Count("a"), Count("b"), Count("a")]))
    work.start()
    done(work).start()
    assert calls == ["a", "b"]


def test_what_is_common_is_found_once_for_all_sessions():
    calls, begun, go = [], threading.Event(), threading.Event()

    @dataclass(frozen=True)
    class Look(Common):
        part: str

        def run(self, work):
            calls.append(self.part)
            begun.set()
            assert go.wait(10)
            return self.part.upper()

    first, second, third = (Work(lambda: iter([Look("a"), Look("b")])) for _ in range(3))
    first.start()
    assert begun.wait(10)
    second.start()
    third.start()
    third.stop()
    assert done(third).results == {}
    go.set()
    assert done(first).results == done(second).results == {Look("a"): "A", Look("b"): "B"}
    assert calls == ["a", "b"]


def test_what_common_work_fails_at_is_tried_again():
    failing = [True, False]

    @dataclass(frozen=True)
    class Look(Common):
        def run(self, work):
            if failing.pop(0):
                raise ValueError("the sentence")
            return "found"

    first, second = (Work(lambda: iter([Look()])) for _ in range(2))
    first.start()
    assert done(first).errors == {Look(): "the sentence"}
    second.start()
    assert done(second).results == {Look(): "found"}


def test_a_new_wish_overtakes_what_has_not_begun():
    begun, go, wishes = threading.Event(), threading.Event(), [Say("later")]

    @dataclass(frozen=True)
    class First:
        def run(self, work):
            begun.set()
            assert go.wait(10)

    wishes.insert(0, First())
    work = Work(lambda: iter(list(wishes)))
    work.start()
    assert begun.wait(10)
    wishes.insert(0, Say("urgent"))
    go.set()
    done(work)
    assert list(work.results) == [First(), Say("urgent"), Say("later")]


def test_stopping_keeps_what_was_reached_and_begins_nothing_else():
    work = Work(lambda: iter([UntilStopped(), Say("next")]))
    work.start()
    work.stop()
    done(work)
    assert work.results == {UntilStopped(): "what was reached"}


def test_an_abandoned_task_has_no_result_and_can_be_done_again():
    work = Work(lambda: iter([UntilStopped(abandons=True)]))
    work.start()
    work.stop()
    done(work)
    assert not work.results
    assert not work.errors
    assert work.missing() == UntilStopped(abandons=True)


def test_errors_become_sentences_and_the_rest_goes_on():
    work = Work(lambda: iter([Fail(ValueError), Fail(RuntimeError), Say("on")]))
    work.start()
    done(work)
    assert work.errors == {Fail(ValueError): "the sentence", Fail(RuntimeError): FAILED}
    assert work.results == {Say("on"): "ON"}


def test_two_threads_share_results():
    front = Work(lambda: iter([Say("film")]))
    back = Work(lambda: iter([Say("film"), Say("reason")]), front.results, front.errors)
    front.start()
    done(front)
    assert back.missing() == Say("reason")
