"""The page for a browser: networks, peerings, requests and events as they are now."""

from localazure.emulator.page.routes import routes

__all__ = ["routes"]
