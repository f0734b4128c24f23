"""Event Grid: topics, event subscriptions, filters, delivery with retries and dead letters."""

from localazure.emulator.eventgrid.grid import EventGrid

__all__ = ["EventGrid"]
