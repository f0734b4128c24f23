"""The stories: each about one subject, in the order in which they are told."""

from localazure.conformance.ask_azure.stories import (
    addresses,
    at_once,
    encryption,
    ends,
    halves,
    late,
    locks,
    overlaps,
    refusals,
    subnets,
    sync,
    tags,
    versions,
)
from localazure.conformance.ask_azure.story import Story

STORIES: tuple[Story, ...] = (
    halves.STORY,
    refusals.STORY,
    ends.STORY,
    sync.STORY,
    overlaps.STORY,
    at_once.STORY,
    addresses.STORY,
    tags.STORY,
    late.STORY,
    locks.STORY,
    versions.STORY,
    encryption.STORY,
    subnets.STORY,
)
