"""The hooks, without a connection."""

from typing import Any

from edge_csms.simulator.behaviour import SILENCE, Behaviour, FixedAnswer


async def test_as_it_comes_nothing_is_changed() -> None:
    behaviour = Behaviour()
    assert await behaviour.answer_instead("Reset", {}) is None
    assert list(behaviour.edit_frame(b"[2]")) == [b"[2]"]
    assert behaviour.accepts_image(b"image")


async def test_an_answer_is_fixed_or_computed_now_or_later() -> None:
    async def later(payload: dict[str, Any]) -> FixedAnswer | None:
        return {"later": payload}

    behaviour = Behaviour()
    behaviour.answers = {"A": SILENCE, "B": lambda payload: {"now": payload}, "C": later}
    assert await behaviour.answer_instead("A", {}) is SILENCE
    assert await behaviour.answer_instead("B", {"x": 1}) == {"now": {"x": 1}}
    assert await behaviour.answer_instead("C", {"x": 2}) == {"later": {"x": 2}}
