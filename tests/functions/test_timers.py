"""The timer of the sweep, through the worker library: it puts an order on the queue, and nothing else."""

from pathlib import Path

import pytest

from tests.functions.app_process import running_app


def test_the_timer_orders_a_sweep(tmp_path: Path) -> None:
    quiet = {f"AzureWebJobs.{name}.Disabled": "true" for name in ("on_request", "on_poison")}
    with running_app(tmp_path, **{**quiet, "AUTOPEER_SWEEP_SCHEDULE": "* * * * * *"}) as app:
        app.await_log(r"Executed '(Functions\.)?on_schedule' \(Succeeded")
        orders = app.take()
    assert {(each["kind"], each["door"], each["who"]) for each in orders} == {("sweep", "sweep", "the timer")}


@pytest.mark.long
def test_what_does_not_answer_is_asked_again_later(tmp_path: Path) -> None:
    """Azure does not answer the app of this test."""
    with running_app(tmp_path, AUTOPEER_SWEEP_SCHEDULE="* * * * * *") as app:
        app.await_log("a message is tried again in .*: our storage, or Resource Graph, does not answer")
        status = app.call("GET", "/api/sweep").json()
    assert (status["latest"]["finished"], status["lastComplete"]) == (None, None)
