"""Connections that have proved nothing yet: the oldest makes room, and who is known counts no more."""

from edge_csms.web.strangers import Bodies, Strangers


class Callers:
    """Connections with names; `ended` lists those that had to make room."""

    def __init__(self, per_address: int, altogether: int) -> None:
        self.strangers = Strangers(per_address, altogether)
        self.ended: list[str] = []

    def come(self, name: str, address: str = "10.0.0.1") -> None:
        self.strangers.add(name, address, lambda: self.ended.append(name))


def test_the_oldest_of_an_address_makes_room() -> None:
    callers = Callers(per_address=2, altogether=100)
    for name in ("a", "b", "c", "d"):
        callers.come(name)
    callers.come("x", "10.0.0.2")
    assert callers.ended == ["a", "b"]
    assert len(callers.strangers) == 3


def test_when_there_are_too_many_altogether_the_address_with_the_most_makes_room() -> None:
    callers = Callers(per_address=100, altogether=4)
    callers.come("x", "10.0.0.2")
    for name in ("a", "b", "c"):
        callers.come(name)
    callers.come("y", "10.0.0.3")
    callers.come("z", "10.0.0.4")
    assert callers.ended == ["a", "b"]


def test_who_is_known_or_gone_counts_no_more_and_stays() -> None:
    callers = Callers(per_address=2, altogether=100)
    for name in ("charger", "a"):
        callers.come(name)
    callers.strangers.release("charger")
    callers.strangers.release("charger")
    callers.come("b")
    assert callers.ended == []
    callers.strangers.release("a")
    callers.strangers.release("b")
    assert len(callers.strangers) == 0
    callers.come("c")
    assert callers.ended == []


def test_bodies_have_so_much_memory_for_each_address_and_altogether() -> None:
    bodies = Bodies(per_address_bytes=10, altogether_bytes=15)
    assert bodies.take("a", 8)
    assert not bodies.take("a", 3)
    assert bodies.take("b", 7)
    assert not bodies.take("c", 1)
    bodies.give_back("a", 8)
    assert bodies.take("c", 8)
