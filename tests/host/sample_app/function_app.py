"""A function app that uses every binding the local host serves. What it saw, it puts into the queue `seen`."""

import asyncio
import itertools
import json
import logging
import os
import threading

import azure.functions as func

app = func.FunctionApp()
timers = func.Blueprint()  # type: ignore[no-untyped-call]  # the library's constructor has no types


@app.route("echo/{name:alpha}/{rest?}", methods=["GET", "POST"], auth_level=func.AuthLevel.ANONYMOUS)
def echo(req: func.HttpRequest) -> func.HttpResponse:
    logging.info("echo of %s", req.method)
    seen = {
        "method": req.method,
        "url": req.url,
        "query": dict(req.params),
        "params": dict(req.route_params),
        "header": req.headers.get("x-sample"),
        "body": req.get_body().decode(),
        "thread": threading.current_thread() is not threading.main_thread(),
    }
    headers = {"x-answer": "yes", "Set-Cookie": "taste=sweet; Path=/api; HttpOnly"}
    return func.HttpResponse(json.dumps(seen), status_code=201, mimetype="application/json", headers=headers)


@app.route("environment", auth_level=func.AuthLevel.ADMIN)
async def environment(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    seen = {"environ": dict(os.environ), "trace": context.trace_context.trace_parent, "method": req.method}
    return func.HttpResponse(json.dumps(seen), mimetype="application/json")


@app.route("enqueue", methods=["POST"])
@app.queue_output("message", "incoming", "AzureWebJobsStorage")
def enqueue(req: func.HttpRequest, message: func.Out[str]) -> func.HttpResponse:
    message.set(req.get_body().decode())
    return func.HttpResponse(status_code=202)


@app.route("broken")
def broken(req: func.HttpRequest) -> func.HttpResponse:
    raise RuntimeError(f"the sample is meant to fail on {req.method}")


@app.route("slow", auth_level=func.AuthLevel.ANONYMOUS)
async def slow(req: func.HttpRequest) -> func.HttpResponse:
    logging.info("slow begins")
    await asyncio.sleep(float(req.params["seconds"]))
    return func.HttpResponse("done")


@app.queue_trigger("message", "%INCOMING%", "AzureWebJobsStorage")
@app.queue_output("$return", "seen", "AzureWebJobsStorage")
def take(message: func.QueueMessage) -> str:
    text = message.get_body().decode()
    if text == "fail":
        raise RuntimeError("this message is meant to fail")
    moments = [message.insertion_time, message.expiration_time, message.time_next_visible]
    return json.dumps(
        {
            "text": text,
            "id": message.id,
            "count": message.dequeue_count,
            "receipt": bool(message.pop_receipt),
            "moments": [moment.isoformat() for moment in moments if moment],
        }
    )


together = threading.Barrier(3, timeout=5)


@app.queue_trigger("message", "crowd", "AzureWebJobsStorage")
@app.queue_output("$return", "seen", "AzureWebJobsStorage")
def meet(message: func.QueueMessage) -> str:
    """Returns only when three messages are worked on at the same time."""
    together.wait()
    return message.get_body().decode()


@app.queue_trigger("message", "incoming-poison", "AzureWebJobsStorage")
@app.queue_output("$return", "seen", "AzureWebJobsStorage")
def bury(message: func.QueueMessage) -> str:
    return f"poison: {message.get_body().decode()}"


@app.event_grid_trigger("event")
@app.queue_output("$return", "seen", "AzureWebJobsStorage")
def on_event(event: func.EventGridEvent) -> str:
    if event.get_json().get("fail"):
        raise RuntimeError("this event is meant to fail")
    return json.dumps({"event": event.id, "subject": event.subject, "data": event.get_json()})


@app.event_grid_trigger("event")
@app.queue_output("$return", "seen", "AzureWebJobsStorage")
def on_cloud_event(event: func.CloudEvent) -> str:
    return json.dumps({"cloud": event.id, "source": event.source, "data": event.get_json()})


attempts = itertools.count(1)


@timers.timer_trigger("timer", "0 0 0 1 1 *")
@timers.queue_output("$return", "seen", "AzureWebJobsStorage")
def yearly(timer: func.TimerRequest) -> str:
    status: dict[str, str] = timer.schedule_status  # type: ignore[attr-defined]  # missing from the library's types
    return json.dumps({"timer": status["Next"], "past_due": timer.past_due})


@timers.timer_trigger("timer", "* * * * * *")
@timers.retry(strategy="fixed_delay", max_retry_count="3", delay_interval="00:00:00")
@timers.queue_output("$return", "ticks", "AzureWebJobsStorage")
def every_second(timer: func.TimerRequest, context: func.Context) -> str:
    attempt = next(attempts)
    if context.retry_context.retry_count < 2:
        raise RuntimeError("the first two attempts of a tick are meant to fail")
    return json.dumps({"attempt": attempt, "past_due": timer.past_due})


app.register_functions(timers)
