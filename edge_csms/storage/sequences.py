"""Numbers that are handed out once and never again."""

from edge_csms.storage.compiled import Compiled, bind
from edge_csms.storage.tables import Sequence

TRANSACTION = "transaction"
RESERVATION = "reservation"
CHARGING_PROFILE = "charging_profile"
ALL = (TRANSACTION, RESERVATION, CHARGING_PROFILE)

_next = Compiled(
    lambda: (
        Sequence.insert({Sequence.name: bind("name"), Sequence.value: 1})
        .on_conflict(conflict_target=[Sequence.name], update={Sequence.value: Sequence.value + 1})
        .returning(Sequence.value)
    )
)


def take(name: str) -> int:
    """Take the next number of the sequence `name`, from 1."""
    return int(_next(name=name)[0][0])


def get(name: str) -> int:
    """Give the highest number taken, 0 before the first."""
    row = Sequence.get_or_none(Sequence.name == name)
    return 0 if row is None else int(row.value)


def raise_to(name: str, value: int) -> None:
    """Let the sequence go on above `value`; it never goes back."""
    Sequence.insert(name=name, value=0).on_conflict_ignore().execute()
    Sequence.update(value=value).where((Sequence.name == name) & (Sequence.value < value)).execute()
