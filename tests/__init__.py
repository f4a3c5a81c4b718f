"""Tests: claims about the product, in folders that mirror the source."""
