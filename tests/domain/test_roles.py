"""Each role may do what the one below it may."""

from edge_csms.domain.roles import Role


def test_a_role_allows_what_it_and_those_below_it_may() -> None:
    allowed = {role: [needed for needed in Role if role.allows(needed)] for role in Role}
    assert allowed == {
        Role.VIEWER: [Role.VIEWER],
        Role.TECHNICIAN: [Role.VIEWER, Role.TECHNICIAN],
        Role.ADMIN: [Role.VIEWER, Role.TECHNICIAN, Role.ADMIN],
    }
