"""How requests wait: bounded, together, and until everybody is answered."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from regulars.contract.problems import Problem
from regulars.gateway import collecting
from regulars.gateway.collecting import Collector
from regulars.gateway.deciding import Reply, Request
from tests.gateway.loops import run_apart

HERE = Request("127.0.0.1", "", "en", b"", "web", "1")
DONE = Reply(200, b"{}")


class Deciding:
    """Notes the groups; holds the first one until it may go on."""

    def __init__(self) -> None:
        self.groups: list[tuple[int, bool]] = []
        self.may_go = Event()

    def __call__(self, requests: Sequence[Request], is_patient: bool) -> list[Reply | None]:
        self.groups.append((len(requests), is_patient))
        assert self.may_go.wait(20)
        return [DONE] * len(requests)


async def begun(collector: Collector, count: int) -> list["asyncio.Task[Reply]"]:
    asked = [asyncio.ensure_future(collector.ask(HERE)) for _ in range(count)]
    await asyncio.sleep(0.05)
    return asked


def test_what_comes_while_a_group_is_decided_goes_together() -> None:
    deciding = Deciding()

    async def ask() -> None:
        with ThreadPoolExecutor(1) as lanes:
            collector = Collector(deciding, lanes, lanes)
            first = await begun(collector, 1)
            others = await begun(collector, 5)
            deciding.may_go.set()
            assert await asyncio.gather(*first, *others) == [DONE] * 6
            await collector.drained()

    run_apart(ask())
    assert deciding.groups == [(1, False), (5, False)]


def test_who_is_answered_and_asks_again_goes_with_those_who_came_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "EACH_SECONDS", 5.0)
    deciding = Deciding()

    async def ask() -> None:
        with ThreadPoolExecutor(1) as lanes:
            collector = Collector(deciding, lanes, lanes)

            async def twice() -> list[Reply]:
                first = await collector.ask(HERE)
                await asyncio.sleep(0.05)
                return [first, await collector.ask(HERE)]

            one = asyncio.ensure_future(twice())
            await asyncio.sleep(0.05)
            others = await begun(collector, 4)
            deciding.may_go.set()
            assert await asyncio.gather(*others) == [DONE] * 4
            assert await one == [DONE] * 2
            await collector.drained()

    run_apart(ask())
    assert deciding.groups == [(1, False), (5, False)]


def test_more_than_may_wait_are_turned_away_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "QUEUE_MOST", 2)
    deciding = Deciding()

    async def ask() -> None:
        with ThreadPoolExecutor(1) as lanes:
            collector = Collector(deciding, lanes, lanes)
            asked = [*await begun(collector, 1), *await begun(collector, 2)]
            with pytest.raises(Problem) as refused:
                await collector.ask(HERE)
            assert (refused.value.code, refused.value.status) == ("overloaded", 429)
            assert refused.value.headers["Retry-After"] == "1"
            deciding.may_go.set()
            assert await asyncio.gather(*asked) == [DONE] * 3

    run_apart(ask())


def test_whoever_gave_up_is_left_out() -> None:
    deciding = Deciding()

    async def ask() -> None:
        with ThreadPoolExecutor(1) as lanes:
            collector = Collector(deciding, lanes, lanes)
            first = await begun(collector, 1)
            gone, waiting = await begun(collector, 2)
            gone.cancel()
            deciding.may_go.set()
            assert await asyncio.gather(*first, waiting) == [DONE] * 2

    run_apart(ask())
    assert deciding.groups == [(1, False), (1, False)]


def test_who_must_wait_for_somebody_is_tried_again_alone() -> None:
    groups: list[tuple[int, bool]] = []

    def decide(requests: Sequence[Request], is_patient: bool) -> list[Reply | None]:
        groups.append((len(requests), is_patient))
        return [DONE] if is_patient else [None, *[DONE] * (len(requests) - 1)]

    async def ask() -> None:
        with ThreadPoolExecutor(1) as lanes, ThreadPoolExecutor(1) as patient:
            collector = Collector(decide, lanes, patient)
            assert await asyncio.gather(*await begun(collector, 3)) == [DONE] * 3
            await collector.drained()

    run_apart(ask())
    assert groups == [(3, False), (1, True)]


class Busy:
    """Gives everybody to the patient, who is held until it may go on."""

    def __init__(self) -> None:
        self.patiently = 0
        self.may_go = Event()

    def __call__(self, requests: Sequence[Request], is_patient: bool) -> list[Reply | None]:
        if not is_patient:
            return [None] * len(requests)
        self.patiently += len(requests)
        assert self.may_go.wait(20)
        return [DONE] * len(requests)


def test_whoever_waits_for_somebody_counts_among_those_who_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "QUEUE_MOST", 2)
    busy = Busy()

    async def ask() -> None:
        with ThreadPoolExecutor(1) as lanes, ThreadPoolExecutor(1) as patient:
            collector = Collector(busy, lanes, patient)
            try:
                asked = [*await begun(collector, 1), *await begun(collector, 2), *await begun(collector, 1)]
                with pytest.raises(Problem) as refused:
                    await asked.pop()
            finally:
                busy.may_go.set()
            assert refused.value.code == "overloaded"
            assert await asyncio.gather(*asked) == [DONE] * 3
            await collector.drained()

    run_apart(ask())


def test_nobody_is_patient_for_whoever_gave_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "QUEUE_MOST", 2)
    busy = Busy()

    async def ask() -> None:
        with ThreadPoolExecutor(1) as lanes, ThreadPoolExecutor(1) as patient:
            collector = Collector(busy, lanes, patient)
            first, *gone = [*await begun(collector, 1), *await begun(collector, 2)]
            for one in gone:
                one.cancel()
            waiting = await begun(collector, 2)
            busy.may_go.set()
            assert await asyncio.gather(first, *waiting) == [DONE] * 3
            await collector.drained()

    run_apart(ask())
    assert busy.patiently == 3
