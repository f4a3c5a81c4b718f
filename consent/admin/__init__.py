"""Operators' pages of the answer."""
