"""An OCPP version brings all that sessions and commands need."""

from edge_csms.central.dialect import Dialect
from tests.house import House


def test_the_dialect_of_the_house_brings_everything(house: House) -> None:
    needed = {name for name in (*vars(Dialect), *Dialect.__annotations__) if not name.startswith("_")}
    assert len(needed) > 10
    assert [name for name in needed if not hasattr(house.central.reader, name)] == []
