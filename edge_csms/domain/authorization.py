"""Whether an idTag may charge: OCPP 1.6 §4.1 and §4.8, one pure rule for Authorize, Start, Stop and the local list."""

from datetime import datetime

from edge_csms.domain.model import AuthorizationStatus, IdTag, Verdict


def decide(
    tag: IdTag | None, now: datetime, *, accept_unknown: bool, active_transactions: int | None = None
) -> Verdict:
    """Judge `tag`, None for one that the site doesn't know.

    `active_transactions` counts the tag's open transactions besides the one that asks; None where the question is not
    about a start, because ConcurrentTx is no answer to Authorize (§7.2 allows it in StartTransaction.conf only).
    """
    if tag is None:
        return Verdict(AuthorizationStatus.ACCEPTED if accept_unknown else AuthorizationStatus.INVALID)
    status = AuthorizationStatus.ACCEPTED
    if tag.blocked:
        status = AuthorizationStatus.BLOCKED
    elif tag.expires_at is not None and tag.expires_at <= now:
        status = AuthorizationStatus.EXPIRED
    elif (
        active_transactions is not None
        and tag.max_active_transactions is not None
        and active_transactions >= tag.max_active_transactions
    ):
        status = AuthorizationStatus.CONCURRENT_TX
    return Verdict(status, tag.expires_at, tag.parent_id_tag)
