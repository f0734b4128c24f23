"""App settings: the app's environment, and how bindings refer to it.

The app must see what it would see in Azure: its own settings, and nothing of the developer's own sign-in. An inherited
AZURE_CLIENT_SECRET would make DefaultAzureCredential skip the managed identity; an inherited CA bundle would
override the one that the app is told to trust.
"""

import json
import os
import re
from collections.abc import Mapping, MutableMapping
from pathlib import Path

_NOT_THE_APPS = re.compile(
    r"(AZURE|IDENTITY|MSI|ARM|AUTOPEER|FUNCTIONS|WEBSITE|APPLICATIONINSIGHTS)_.*|Azure(WebJobs|Functions).*"
    r"|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|.*_proxy|.*_PROXY"
)
_PLACEHOLDER = re.compile(r"%([^%]+)%")


class SettingsError(ValueError):
    """A setting is missing or unusable; the message names it."""


def read_settings(path: Path) -> dict[str, str]:
    """The `Values` of a file in the form of local.settings.json."""
    try:
        values = json.loads(path.read_text("utf-8"))["Values"]
    except (OSError, KeyError, TypeError, json.JSONDecodeError) as error:
        raise SettingsError(
            f'{path}: expected JSON {{"Values": {{...}}}} as in local.settings.json: {error}'
        ) from error
    return {name: str(value) for name, value in values.items()}


def install(settings: Mapping[str, str], environ: MutableMapping[str, str] = os.environ) -> None:
    """Make the process's environment that of the app."""
    for name in [name for name in environ if _NOT_THE_APPS.fullmatch(name)]:
        del environ[name]
    environ.update({"AZURE_FUNCTIONS_ENVIRONMENT": "Development", **settings})


def resolve(text: str, settings: Mapping[str, str]) -> str:
    """Replace each `%SETTING%` by its value."""

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in settings:
            raise SettingsError(f"'{text}' refers to the app setting {name}, which is not set.")
        return settings[name]

    return _PLACEHOLDER.sub(value, text)


def connection_string(name: str, settings: Mapping[str, str]) -> str:
    """The connection a binding names: `AzureWebJobs<name>` before `<name>`, and `Storage` when it names none."""
    for candidate in (f"AzureWebJobs{name or 'Storage'}", name):
        if candidate in settings:
            return settings[candidate]
    raise SettingsError(
        f"A binding names the connection '{name}', but the app setting {name} holds no connection string. "
        "(Identity-based connections, such as "
        f"{name}__queueServiceUri, work only in Azure: Azurite has no tokens over http.)"
    )


def is_disabled(function_name: str, settings: Mapping[str, str]) -> bool:
    """Whether `AzureWebJobs.<function>.Disabled` says so."""
    return settings.get(f"AzureWebJobs.{function_name}.Disabled", "").lower() in ("1", "true")
