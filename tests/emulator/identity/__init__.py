"""Tokens: who gets which, and which are refused."""
