"""The route of Resource Graph."""

from __future__ import annotations

import re
from typing import Any

from localazure.emulator.errors import not_emulated
from localazure.emulator.graph import pages, refusals
from localazure.emulator.graph.language import InvalidQuery, NotServed, parse
from localazure.emulator.graph.quota import UNTOUCHED, Quota, Standing
from localazure.emulator.graph.selection import select
from localazure.emulator.graph.tables import Shows, table
from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.mirror import Mirror
from localazure.emulator.wire.messages import ArmRequest, ArmResponse
from localazure.emulator.wire.router import Router

type Json = dict[str, Any]

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_UNSERVED = ("managementGroups", "facets")


class GraphRoutes:
    """`POST /providers/Microsoft.ResourceGraph/resources`, answered from the estate as it was a while ago."""

    def __init__(self, estate: Estate, mirror: Mirror, tenant: str) -> None:
        self._estate = estate
        self._mirror = mirror
        self._tenant = tenant
        self._quota = Quota(estate.clock)

    def add_to(self, router: Router) -> None:
        router.add("POST", "/providers/Microsoft.ResourceGraph/resources", self._resources)

    def _resources(self, request: ArmRequest, _names: dict[str, str]) -> ArmResponse:
        standing = self._standing(request)
        body = request.json()
        shows = self._shows(self._subscriptions(request, body), request.caller.object_id)
        text = str(body.get("query", ""))
        shown = self._mirror.view()
        try:
            query = parse(text)
            found = select(query, lambda name: table(shown, name, self._tenant, shows))
        except NotServed as unserved:
            raise not_emulated(request.method, f"{request.path} with {unserved} in the query") from unserved
        except InvalidQuery as refused:
            raise refusals.invalid_query(request, self._estate.clock(), refused) from refused
        answer = pages.answer(found, body.get("options") or {}, request.api_version, limited=query.limited)
        return ArmResponse(status=200, body=answer, headers=standing.headers())

    def _subscriptions(self, request: ArmRequest, body: Json) -> set[str]:
        """Those asked for, in lower case; ones that do not exist are left out without a word."""
        for name in _UNSERVED:
            if body.get(name):
                raise not_emulated(request.method, f"{request.path} with {name}")
        given = [str(each) for each in body.get("subscriptions") or []]
        if any(_GUID.fullmatch(each) is None for each in given):
            raise refusals.invalid_guids(request, self._estate.clock(), given)
        known = {each.lower() for each in self._estate.subscriptions}
        wanted = {each.lower() for each in given}
        if known and wanted and not wanted & known:
            raise refusals.no_valid_subscription(request, self._estate.clock(), given)
        return wanted

    def _shows(self, wanted: set[str], principal: str) -> Shows:
        """What is asked for and the caller may read; no word of the rest.

        docs/facts/resource-graph.md, Absence proves nothing.
        """

        def shows(subscription: str, type_: str, scope: str) -> bool:
            asked = not wanted or subscription.lower() in wanted
            return asked and self._estate.may_read(principal, type_, scope)

        return shows

    def _standing(self, request: ArmRequest) -> Standing:
        if not self._estate.latency.throttles:
            return UNTOUCHED
        standing = self._quota.take(request.caller.object_id)
        if standing.remaining < 0:
            raise refusals.limited(request, self._estate.clock(), standing)
        return standing
