"""Tests of `consent.services`."""
