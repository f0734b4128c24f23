"""`python -m localazure.host --app-dir DIR --port N --settings FILE`: serve a function app on loopback.

FILE has the form of local.settings.json. The keys are taken from HOST_MASTER_KEY, HOST_FUNCTION_KEY and
HOST_EVENTGRID_KEY. When the functions are indexed and the host listens it prints one line of JSON, `{"app": url}`.
SIGTERM and SIGINT end it, with status 0.
"""

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
from pathlib import Path

from localazure.host import logs
from localazure.host.app_settings import SettingsError, install, read_settings
from localazure.host.functions_host import GRACE, FunctionsHost, HostConfig
from localazure.host.host_json import HostJsonError
from localazure.host.keys import Keys, KeysError
from localazure.host.routes import RouteError
from localazure.host.timer_trigger import ScheduleError
from localazure.host.worker import AppNotIndexedError, Worker

_log = logging.getLogger("localazure.host")


def main() -> int:
    arguments = _arguments()
    logs.configure()
    try:
        settings = read_settings(arguments.settings)
        keys = Keys.take_from(os.environ)
        install(settings)
        config = HostConfig(arguments.app_dir.resolve(), arguments.port, settings, keys, timers=arguments.timers)
        return asyncio.run(_serve(config))
    except (SettingsError, KeysError, HostJsonError, RouteError, ScheduleError, AppNotIndexedError, OSError) as error:
        sys.stderr.write(f"The host cannot start: {error}\n")
        return 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m localazure.host", description="Serve a function app locally.")
    parser.add_argument("--app-dir", type=Path, default=Path.cwd(), help="folder of function_app.py and host.json")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 picks a free one")
    parser.add_argument("--settings", type=Path, required=True, help="file in the form of local.settings.json")
    parser.add_argument(
        "--no-timers", action="store_false", dest="timers", help="another instance of the app has its timers"
    )
    return parser.parse_args()


async def _serve(config: HostConfig) -> int:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with FunctionsHost(config) as host:
        sys.stdout.write(json.dumps({"app": host.url}) + "\n")
        sys.stdout.flush()
        failure = await _first(stopped, host)
    if failure:
        _log.error("A listener of the host failed.", exc_info=failure)
    if not host.all_finished:
        _log.warning("Functions still ran after %.0f s and are abandoned.", GRACE)
        sys.stderr.flush()
        os._exit(0)  # a normal exit would wait for the threads of sync functions, however long they take
    Worker.stop()
    return 1 if failure else 0


async def _first(stopped: asyncio.Event, host: FunctionsHost) -> BaseException | None:
    """Wait for the signal or for a listener's failure, whichever comes first."""
    signalled = asyncio.create_task(stopped.wait())
    failed = asyncio.create_task(host.failure())
    await asyncio.wait([signalled, failed], return_when=asyncio.FIRST_COMPLETED)
    if failed.done():
        return failed.result()
    failed.cancel()
    return None


if __name__ == "__main__":
    sys.exit(main())
