"""Cloud Custodian as it is, its hard-coded cloud pointed at a local Azure: `python custodian.py ARM_URL run …`."""

import sys

from c7n import cli  # type: ignore[import-not-found]  # in Custodian's own environment
from msrestazure.azure_cloud import AZURE_PUBLIC_CLOUD  # type: ignore[import-not-found]  # as above

arm = sys.argv.pop(1)
endpoints = AZURE_PUBLIC_CLOUD.endpoints
endpoints.resource_manager = endpoints.management = arm
endpoints.active_directory_resource_id = f"{arm}/"
cli.main()
