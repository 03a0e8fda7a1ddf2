"""Requests wait here until a lane is free, and then go all together: the busier, the larger the groups.

What does not fit is turned away at once, so that nobody waits for an answer that would come too late.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from contextlib import suppress

from msgspec import Struct

from regulars.contract.problems import Problem
from regulars.gateway.deciding import Reply, Request
from regulars.observing import figures

# Requests that may wait, for a lane or for the patient; so many at most, and so many bytes, are decided together.
QUEUE_MOST = 2_048
GROUP_MOST = 256
GROUP_BYTES = 1_000_000
LANES = 1
# When a group is answered, those who were answered ask again at once. A free lane waits until they are there besides
# those who came meanwhile, but not longer than this for each of all, and never for somebody who came alone: one large
# group costs less than two that take turns.
EACH_SECONDS = 0.000_3

Decide = Callable[[Sequence[Request], bool], list[Reply | None]]
log = logging.getLogger(__name__)


class Waiting(Struct):
    request: Request
    reply: "asyncio.Future[Reply]"


class Collector:
    """Belongs to one event loop. `lanes` decide groups, one each at a time; `patient` what must wait for somebody, one
    request at a time. Whoever gives up waits no longer."""

    def __init__(self, decide: Decide, lanes: Executor, patient: Executor, count: int = LANES) -> None:
        self._decide, self._lanes, self._patient = decide, lanes, patient
        self._free = count
        self._waiting: deque[Waiting] = deque()
        self._held_up: deque[Waiting] = deque()
        self._is_patient_free = True
        self._under_way = 0
        self._wanted = 1
        self._until: asyncio.TimerHandle | None = None
        self._idle = asyncio.Event()
        self._idle.set()

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting) + len(self._held_up)

    async def ask(self, request: Request) -> Reply:
        """Raises Problem where too many wait already."""
        if len(self) >= QUEUE_MOST:
            raise Problem("overloaded", headers={"Retry-After": "1"})
        loop = asyncio.get_running_loop()
        one = Waiting(request, loop.create_future())
        self._waiting.append(one)
        self._idle.clear()
        self._look()
        try:
            return await one.reply
        except asyncio.CancelledError:
            self._forget(one)
            raise

    def _forget(self, one: Waiting) -> None:
        for queue in (self._waiting, self._held_up):
            with suppress(ValueError):
                queue.remove(one)
        self._note_idle()

    async def drained(self) -> None:
        """Until everything that came is answered."""
        await self._idle.wait()

    def _look(self) -> None:
        """Whether it is time for a free lane to go."""
        if not (self._free and self._waiting):
            return
        loop = asyncio.get_running_loop()
        if len(self._waiting) >= self._wanted:
            # What comes in this very moment goes along.
            loop.call_soon(self._go)
        elif self._until is None:
            self._until = loop.call_later(self._wanted * EACH_SECONDS, self._go)

    def _go(self) -> None:
        if self._until is not None:
            self._until.cancel()
            self._until = None
        while self._free and (group := self._next()):
            self._free -= 1
            figures.together(len(group))
            self._hand_over(self._lanes, group, False)
        self._note_idle()

    def _note_idle(self) -> None:
        if not (self._waiting or self._held_up or self._under_way):
            self._idle.set()

    def _next(self) -> list[Waiting]:
        """Those that came first; whoever gave up meanwhile is left out."""
        group: list[Waiting] = []
        size = 0
        while self._waiting and len(group) < GROUP_MOST:
            if self._waiting[0].reply.done():
                self._waiting.popleft()
                continue
            size += len(self._waiting[0].request.body)
            if group and size > GROUP_BYTES:
                break
            group.append(self._waiting.popleft())
        return group

    def _be_patient(self) -> None:
        while self._is_patient_free and self._held_up:
            one = self._held_up.popleft()
            if not one.reply.done():
                self._is_patient_free = False
                self._hand_over(self._patient, [one], True)

    def _hand_over(self, executor: Executor, group: list[Waiting], is_patient: bool) -> None:
        self._under_way += 1
        loop = asyncio.get_running_loop()
        done = executor.submit(self._decide, [one.request for one in group], is_patient)
        done.add_done_callback(lambda future: loop.call_soon_threadsafe(self._answer, group, is_patient, future))

    def _answer(self, group: list[Waiting], is_patient: bool, done: "Future[list[Reply | None]]") -> None:
        self._under_way -= 1
        if is_patient:
            self._is_patient_free = True
        else:
            self._free += 1
            self._wanted = min(len(group) + len(self._waiting), GROUP_MOST)
        error = done.exception()
        replies: Sequence[Reply | None] = [None] * len(group) if error else done.result()
        for one, reply in zip(group, replies, strict=True):
            if one.reply.done():
                continue
            if error is not None:
                one.reply.set_exception(error)
            elif reply is None:
                self._held_up.append(one)
            else:
                one.reply.set_result(reply)
        self._be_patient()
        self._look()
        self._note_idle()
