"""The clients: how each is installed, pointed at a local Azure, and asked."""

from __future__ import annotations

from localazure.conformance.clients import ansible, azure_cli, custodian, sdks
from localazure.conformance.clients.client import Client

ALL: tuple[Client, ...] = (
    azure_cli.AzureCli(),
    ansible.Ansible(),
    sdks.PYTHON_NEWEST,
    sdks.PYTHON_2022,
    sdks.JavaScript(),
    custodian.Custodian(),
)
