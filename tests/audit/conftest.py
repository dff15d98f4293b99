"""Fixtures of the audit's tests."""

from tests.audit.proving import vault as vault
