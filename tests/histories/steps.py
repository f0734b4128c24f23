"""The steps of a history: what people, Azure and time do. One that cannot be taken where things stand does nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from tests.histories import town
from tests.histories.deeds import halves, networks, surroundings
from tests.histories.world import Mail, World


@dataclass(frozen=True)
class Step:
    """`kind` is done to the spoke or hub number `who`; `how` chooses among its forms.

    `mail`: how the events of it travel. `then`: how long the queue is worked on before the next step.
    """

    kind: str
    who: int = 0
    how: int = 0
    mail: str = "soon"
    then: str = "minutes"

    def __str__(self) -> str:
        rest = [repr(self.mail)] if self.mail != "soon" or self.then != "minutes" else []
        rest += [repr(self.then)] if self.then != "minutes" else []
        return f"Step({', '.join([repr(self.kind), str(self.who), str(self.how), *rest])})"


MAIL = {
    "soon": Mail(),
    "lost": Mail(()),
    "twice": Mail((timedelta(seconds=1), timedelta(seconds=90))),
    "late": Mail((timedelta(hours=3),)),
}
THEN = {"minutes": timedelta(minutes=10), "nothing": None, "moments": timedelta(seconds=4), "hours": timedelta(hours=2)}


async def take(step: Step, world: World) -> bool:
    """Whether the step could be taken; where it cannot with the one that it names, it is with the next one."""
    if step.kind in COMPOUND:
        world.labels.add(step.kind)
        return any(
            [await take(replace(each, who=step.who, how=each.how or step.how), world) for each in COMPOUND[step.kind]]
        )
    done = any(DEEDS[step.kind](world, step.who + further, step.how) for further in range(len(town.SPOKES)))
    world.post(MAIL[step.mail])
    world.look(by_people=True)
    if done:
        world.labels |= {step.kind, f"mail {step.mail}"}
    if step.kind == "time":
        await world.wait(_TIMES[step.how % len(_TIMES)])
    elif (horizon := THEN[step.then]) is not None:
        await world.pump(horizon)
    return done


_TIMES = (timedelta(minutes=61), timedelta(minutes=5), timedelta(days=1, hours=1), timedelta(hours=6))


COMPOUND: Mapping[str, tuple[Step, ...]] = {
    "redeploy": (Step("untag"), Step("tag", mail="lost", then="nothing")),
    "tag what people peered": (Step("peer by hand", then="nothing"), Step("tag")),
    "lock for a while": (Step("lock", then="nothing"), Step("untag"), Step("time"), Step("unlock")),
    "a day without a role": (Step("take role", then="nothing"), Step("tag"), Step("time", how=2), Step("give role")),
    "refuse what people peered": (
        Step("edit catalogue", how=12),
        Step("peer by hand", then="nothing"),
        Step("tag"),
        Step("sweep"),
    ),
    "grow and shrink": (Step("grow"), Step("shrink")),
    "grow over another": (Step("tag"), Step("grow", how=4), Step("sweep")),
    "grow out of bounds": (Step("tag"), Step("grow", how=10), Step("sweep")),
    "grow into what is reserved": (Step("tag"), Step("grow", how=7), Step("sweep")),
    "gateway for a while": (Step("gateway up", how=1), Step("gateway down", how=1)),
    "cut off by the hub": (Step("tag"), Step("edit half", how=5), Step("sweep")),
    "forbid forwarding": (Step("edit catalogue", how=18), Step("sweep")),
}
"""What often comes together: a deployment that drops the tag for a moment, somebody who tags what is peered already."""


def _nothing(_world: World, _who: int, _how: int) -> bool:
    return True


DEEDS: Mapping[str, Callable[[World, int, int], bool]] = {
    "time": _nothing,
    "create": networks.create,
    "tag": networks.tag,
    "untag": networks.untag,
    "retag": networks.retag,
    "mistag": networks.mistag,
    "wipe tags": networks.wipe,
    "delete": networks.delete,
    "recreate": networks.recreate,
    "grow": networks.grow,
    "shrink": networks.shrink,
    "grow hub": networks.grow_hub,
    "delete half": halves.delete_half,
    "edit half": halves.edit_half,
    "peer by hand": halves.peer_by_hand,
    "unpeer by hand": halves.unpeer,
    "peer with neighbour": halves.peer_with_neighbour,
    "gateway up": surroundings.gateway_up,
    "gateway down": surroundings.gateway_down,
    "lock": surroundings.lock,
    "unlock": surroundings.unlock,
    "take role": surroundings.take_role,
    "give role": surroundings.give_role,
    "stray 404": surroundings.stray_404,
    "graph late": surroundings.graph_late,
    "sweep": surroundings.sweep,
    "edit catalogue": surroundings.edit_catalogue,
}
