"""Tests, from truth tables to whole processes."""
