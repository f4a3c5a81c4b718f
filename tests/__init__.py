"""Tests: claims about the product, each as a story, a table or a property."""
