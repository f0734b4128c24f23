"""Who has a function key: may ask for any network the app can reach, and nothing but ask."""

import json
import posixpath
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peering.core.network.resource_ids import InvalidResourceId, VnetId
from peering.settings import Settings, SettingsError
from peering.web.bodies import read_request
from peering.web.list_query import read_listing
from peering.web.problems import Problem
from peering.wiring import ROOT
from tests.builders import SPOKE_ID, catalogue, hub, policy, spoke
from tests.security.hostile import IDS, VALUES
from tests.service.town import Town


@pytest.mark.parametrize("identity", IDS)
def test_a_network_cannot_be_named_so_that_its_url_leads_elsewhere(identity: str) -> None:
    if identity.endswith("\n"):  # white space around it is trimmed, as in a tag
        assert read_request(json.dumps({"spoke": identity}).encode(), catalogue()).spoke == SPOKE_ID
        return
    with pytest.raises(Problem) as refused:
        read_request(json.dumps({"spoke": identity}).encode(), catalogue())
    assert refused.value.status == 422


@given(st.lists(st.sampled_from([*IDS, "/", "..", ".", "%2e", "rg", "a", "é", "(", "?", "#", "@", "\\"]), max_size=4))
def test_an_id_that_is_accepted_is_a_path_that_stays_where_it_is(parts: list[str]) -> None:
    """Eight segments, none of which a URL reads as anything but a name."""
    group = "".join(parts)
    text = str(SPOKE_ID).replace("/rg/", f"/{group}/")
    try:
        path = str(VnetId.parse(text))
    except InvalidResourceId:
        return
    url = urlsplit(f"https://management.azure.com{path}")
    assert (url.netloc, url.path, url.query, url.fragment) == ("management.azure.com", path, "", "")
    assert posixpath.normpath(path) == path
    assert len(path.split("/")) == 9


@pytest.mark.parametrize("value", VALUES)
def test_only_hubs_of_the_catalogue_can_be_named(value: str) -> None:
    with pytest.raises(Problem) as refused:
        read_request(json.dumps({"spoke": str(SPOKE_ID), "hub": value}).encode(), catalogue())
    assert [where for where, _ in refused.value.errors] == ["#/hub"]


@pytest.mark.parametrize("field", ["who", "door", "attempt", "kind", "flags", "force"])
def test_a_request_has_no_field_that_says_what_to_do(field: str) -> None:
    with pytest.raises(Problem) as refused:
        read_request(json.dumps({"spoke": str(SPOKE_ID), field: "x"}).encode(), catalogue())
    assert [where for where, _ in refused.value.errors] == [f"#/{field}"]


async def test_a_manual_request_is_judged_like_a_tag() -> None:
    town = Town(hub(), spoke(tag=None), hubs=catalogue(policy(allowed_space=["10.64.0.0/10"])))
    await town.ask(hub="prod-weu")
    assert (town.writes, town.row().found.findings[0].code) == ([], "OutsideAllowedSpace")


@pytest.mark.parametrize("value", VALUES)
def test_what_a_query_holds_is_answered_on_one_line(value: str) -> None:
    """Refusals are logged."""
    for query in ({value: "1"}, {"state": value}, {"size": value}, {"token": value}, {"spoke": value}):
        with pytest.raises(Problem) as refused:
            read_listing(query, {})
        assert refused.value.detail.isprintable()


@pytest.mark.parametrize("key", ["AUTOPEER_ARM_ENDPOINT", "AUTOPEER_TOPIC_ENDPOINT"])
def test_no_token_is_sent_over_plain_http(key: str) -> None:
    settings = {"AzureWebJobsStorage": "UseDevelopmentStorage=true", key: "http://management.azure.com"}
    with pytest.raises(SettingsError, match=f"{key}: .*begins with https://"):
        Settings.from_environment(settings, ROOT)
