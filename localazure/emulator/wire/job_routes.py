"""What is polled of ARM's own long operations: the deletion of a group, moves, and the validation of moves."""

from __future__ import annotations

from base64 import urlsafe_b64encode

from localazure.emulator.errors import ArmError
from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.operations import JOBS, Kind, Operation
from localazure.emulator.wire.messages import ArmRequest, ArmResponse
from localazure.emulator.wire.router import Router

type Names = dict[str, str]


class JobRoutes:
    """`operationresults` of a subscription."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate

    def add_to(self, router: Router) -> None:
        router.add("GET", "/subscriptions/{subscription}/operationresults/{job}", self._result)

    def _result(self, request: ArmRequest, names: Names) -> ArmResponse:
        """A deletion that is done is answered 200, a move 204."""
        operation = self._find(names["job"])
        if operation.running:
            return accepted(request, operation)
        if operation.failure is not None:
            failure = operation.failure
            details = list(failure.details) or None
            raise ArmError(409, failure.code, failure.message, details, {"x-ms-failure-cause": "gateway"})
        return ArmResponse(status=200 if operation.kind is Kind.DELETE_GROUP else 204)

    def _find(self, job: str) -> Operation:
        newest_first = reversed(self._estate.ledger.by_id.values())
        found = next((each for each in newest_first if each.kind in JOBS and _job(each) == job), None)
        if found is None:
            raise ArmError(404, "JobNotFound", f"The job '{job}' could not be found.")
        return found


def accepted(request: ArmRequest, operation: Operation) -> ArmResponse:
    location = (
        f"{request.endpoint}/subscriptions/{operation.subscription}/operationresults/{_job(operation)}"
        f"?api-version={operation.api_version}"
    )
    return ArmResponse(status=202, headers={"Location": location}, operation=operation)


def _job(operation: Operation) -> str:
    """The job id in the poll URL, as ARM makes it: base64 of JSON with the group's name in it."""
    group = operation.target.rpartition("/")[2].upper().replace("-", ":2D").replace("_", ":5F")
    number = operation.id.replace("-", "")[:16].upper()
    place = operation.location.upper()
    job = {
        Kind.DELETE_GROUP: f"RESOURCEGROUPDELETIONJOB-{group}-{place}",
        Kind.MOVE: f"RESOURCEBATCHMOVEJOB-{group}|{number}-{place}-MOVE",
        Kind.VALIDATE_MOVE: f"RESOURCEBATCHMOVEJOB-{group}|{number}-{place}-VALIDATE",
    }[operation.kind]
    text = f'{{"jobId":"{job}","jobLocation":"{operation.location}"}}'
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")
