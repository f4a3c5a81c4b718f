"""Tests of `consent.engine`."""
