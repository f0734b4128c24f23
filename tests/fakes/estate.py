"""What Resource Graph shows of the networks in memory, as late and as little as a test wants."""

from collections.abc import Collection

from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Vnet
from peering.core.record.sweep_report import SweepBook, book_from_document, book_to_document
from peering.ports import EstatePage
from tests.fakes.networks import FakeNetworks
from tests.fakes.scheduling import let_others_run


class FakeEstate:
    """Pages of `size` networks. `failures` are raised by the next calls, `hidden` may not be read."""

    def __init__(self, networks: FakeNetworks, size: int = 1000) -> None:
        self._networks = networks
        self._shown: dict[VnetId, Vnet] | None = None
        self.size = size
        self.pages = 0
        self.failures: list[BaseException] = []
        self.hidden: set[VnetId] = set()

    def stand_still(self) -> None:
        """Show from now on what there is now, until `catch_up`."""
        self._shown = dict(self._networks.vnets)

    def catch_up(self) -> None:
        self._shown = None

    async def page(self, without: Collection[VnetId], token: str | None) -> EstatePage:
        await let_others_run()
        if self.failures:
            raise self.failures.pop(0)
        self.pages += 1
        there = self._networks.vnets if self._shown is None else self._shown
        kept = [network for network in there.values() if network.id not in {*without, *self.hidden}]
        kept.sort(key=lambda network: network.id.lowered)
        start = int(token or 0)
        following = str(start + self.size) if start + self.size < len(kept) else None
        return EstatePage(tuple(kept[start : start + self.size]), following=following)


class FakeSweepLog:
    """The book, as JSON, as it is kept."""

    def __init__(self) -> None:
        self.document: dict[str, object] = {}

    async def read(self) -> SweepBook:
        await let_others_run()
        return book_from_document(self.document)

    async def write(self, book: SweepBook) -> None:
        await let_others_run()
        self.document = book_to_document(book)
