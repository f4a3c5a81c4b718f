"""Operators' pages of the record."""
