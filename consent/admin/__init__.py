"""Operators' pages of the answer; every change goes through a service."""

from consent.admin import firms, quotas

__all__ = ["firms", "quotas"]
