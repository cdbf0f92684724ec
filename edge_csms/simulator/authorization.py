"""Who may charge, as far as the charge point knows by itself: its cache and its local list (OCPP 1.6 §3.5)."""

from datetime import datetime

from edge_csms.ocpp import times
from edge_csms.ocpp.v16.local_auth_list import AuthorizationData, SendLocalList, SendLocalListResponse
from edge_csms.ocpp.v16.types import AuthorizationStatus, IdTagInfo
from edge_csms.simulator.configuration import Configuration


class Authorization:
    """The authorization cache and the local authorization list. idTags compare without regard to case."""

    def __init__(self, configuration: Configuration) -> None:
        self.list_version = 0
        self._configuration = configuration
        self._cache: dict[str, IdTagInfo] = {}
        self._list: dict[str, IdTagInfo] = {}

    @property
    def listed(self) -> dict[str, IdTagInfo]:
        """The local list, by folded idTag."""
        return dict(self._list)

    def update_list(self, update: SendLocalList) -> SendLocalListResponse:
        """Replace or update the local list (§5.15); all of it or nothing."""
        entries = update.local_authorization_list or []
        if not self._configuration.flag("LocalAuthListEnabled"):
            return SendLocalListResponse(status="NotSupported")
        if update.update_type == "Differential" and update.list_version <= self.list_version:
            return SendLocalListResponse(status="VersionMismatch")
        result = {} if update.update_type == "Full" else dict(self._list)
        if update.list_version <= 0 or not self._fits(entries) or not _apply(entries, result, update.update_type):
            return SendLocalListResponse(status="Failed")
        if len(result) > self._configuration.number("LocalAuthListMaxLength"):
            return SendLocalListResponse(status="Failed")
        self._list, self.list_version = result, update.list_version
        return SendLocalListResponse(status="Accepted")

    def remember(self, id_tag: str, info: IdTagInfo) -> None:
        """Keep in the cache what the central system said of an idTag."""
        if self._configuration.flag("AuthorizationCacheEnabled"):
            self._cache[id_tag.casefold()] = info

    def clear_cache(self) -> bool:
        """Empty the cache; False if there is none."""
        self._cache.clear()
        return self._configuration.flag("AuthorizationCacheEnabled")

    def find(self, id_tag: str, now: datetime) -> IdTagInfo | None:
        """Return what is known of an idTag; the list outranks the cache."""
        key = id_tag.casefold()
        listed = self._list.get(key) if self._configuration.flag("LocalAuthListEnabled") else None
        cached = self._cache.get(key) if self._configuration.flag("AuthorizationCacheEnabled") else None
        info = listed or cached
        if info is not None and info.status == "Accepted" and _is_over(info.expiry_date, now):
            return IdTagInfo(status="Expired", parent_id_tag=info.parent_id_tag, expiry_date=info.expiry_date)
        return info

    def parent_of(self, id_tag: str) -> str | None:
        """Return the group of an idTag, where it is known."""
        info = self._list.get(id_tag.casefold()) or self._cache.get(id_tag.casefold())
        return info.parent_id_tag if info else None

    def decide_offline(self, id_tag: str, now: datetime) -> IdTagInfo:
        """Decide alone (§3.5.1 to §3.5.4)."""
        if self._configuration.flag("LocalAuthorizeOffline") and (info := self.find(id_tag, now)):
            return info
        known_bad = self.find(id_tag, now) is not None
        unknown_may = self._configuration.flag("AllowOfflineTxForUnknownId") and not known_bad
        status: AuthorizationStatus = "Accepted" if unknown_may else "Invalid"
        return IdTagInfo(status=status)

    def _fits(self, entries: list[AuthorizationData]) -> bool:
        names = {entry.id_tag.casefold() for entry in entries}
        return len(names) == len(entries) <= self._configuration.number("SendLocalListMaxLength")


def _apply(entries: list[AuthorizationData], result: dict[str, IdTagInfo], update_type: str) -> bool:
    """Put the entries into the list; False if a full one holds an entry that says nothing."""
    for entry in entries:
        if entry.id_tag_info is not None:
            result[entry.id_tag.casefold()] = entry.id_tag_info
        elif update_type == "Full":
            return False
        else:
            result.pop(entry.id_tag.casefold(), None)
    return True


def _is_over(expiry: str | None, now: datetime) -> bool:
    moment = times.parse(expiry)
    return moment is not None and moment <= now
