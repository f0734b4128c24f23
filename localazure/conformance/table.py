"""The table: operation by client. Its words are for people; the differences are printed in full beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from localazure.conformance.clients.client import Client
from localazure.conformance.outcomes import Outcome


def table(outcomes: Sequence[Outcome], clients: Sequence[Client], on: date) -> str:
    names = [client.name for client in clients]
    versions = ", ".join(f"{client.name} {client.version}" for client in clients)
    rows = [
        f"| {operation} | {' | '.join(_cells(outcomes, operation, names))} |" for operation in _operations(outcomes)
    ]
    calls = sum(1 for each in outcomes if each.call)
    right = sum(1 for each in outcomes if not each.difference)
    return (
        f"{on:%Y-%m-%d}: {right} of {len(outcomes)} as they must be, {calls} of them calls of az. "
        f"Versions: {versions}.\n\n"
        f"| operation | {' | '.join(names)} |\n|---|{'---|' * len(names)}\n" + "".join(f"{row}\n" for row in rows)
    )


def differences(outcomes: Sequence[Outcome]) -> list[str]:
    return [
        f"{each.client}, {each.operation}: {each.difference}" + (f"\n    {each.call}" if each.call else "")
        for each in outcomes
        if each.difference
    ]


def _operations(outcomes: Sequence[Outcome]) -> list[str]:
    return sorted({each.operation for each in outcomes})


def _cells(outcomes: Sequence[Outcome], operation: str, names: Sequence[str]) -> list[str]:
    return [_cell([each for each in outcomes if (each.client, each.operation) == (name, operation)]) for name in names]


def _cell(found: Sequence[Outcome]) -> str:
    """`pass`, how many of its calls differ, or nothing where the client has no such operation."""
    if not found:
        return ""
    wrong = [each for each in found if each.difference]
    if not wrong:
        return "pass" if len(found) == 1 else f"pass ({len(found)})"
    return f"**differs** ({len(wrong)} of {len(found)}): {wrong[0].difference[:80].replace('|', '/')}".replace(
        "\n", " "
    )
