"""Whether the app can work."""

from peering import wiring
from peering.core.catalogue.reader import CatalogueError
from peering.settings import SettingsError
from peering.web import api
from peering.web.call import Answer, Call


def alive() -> Answer:
    """Whether the app is configured, for anybody."""
    try:
        wiring.catalogue()
    except (SettingsError, CatalogueError) as error:
        return api.ailing(error)
    return api.alive()


async def get_health_details(_: Call) -> Answer:
    """Which hubs there are, or every reason why the app cannot work."""
    return api.healthy(wiring.catalogue())


async def get_health_ready(_: Call) -> Answer:
    """Whether storage and Azure answer the app, each with what it says."""
    from peering.service.readiness import probe  # noqa: PLC0415 - no other answer needs it
    from peering.web.readiness import readiness  # noqa: PLC0415 - as above

    return readiness(await probe(await wiring.context()))


async def get_openapi(_: Call) -> Answer:
    """What every route takes and answers."""
    from peering.web.openapi.document import openapi  # noqa: PLC0415 - hardly ever asked for

    return Answer(200, openapi())
