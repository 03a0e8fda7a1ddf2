"""Whoever starts a server is greeted when it answers, however long that takes."""

import threading

import pytest

from regulars.project import serve
from regulars.project.presence import Presence


def test_the_greeting_comes_late_and_once(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    asked, greeted, stopping = [], [], threading.Event()

    def answers(_presence: Presence, _seconds: float) -> bool:
        asked.append(len(asked))
        if len(asked) > 4:
            stopping.set()
        return len(asked) == 3

    monkeypatch.setattr(serve, "wait_until_ready", answers)
    monkeypatch.setattr(serve, "announce", lambda _presence: None)
    monkeypatch.setattr(serve, "revive_database", lambda: stopping.set() if greeted else None)
    monkeypatch.setattr(serve, "LOOK_SECONDS", 0)
    monkeypatch.setattr(serve, "SLOW_SECONDS", -1)
    presence = Presence(1, "http://localhost/", "run")
    serve.watch([], stopping, serve._ready(presence, stopping, lambda where, by_us: greeted.append((where, by_us))))
    assert greeted == [(presence, True)]
    assert asked == [0, 1, 2]
    assert capsys.readouterr().err.count("still waiting") == 1
