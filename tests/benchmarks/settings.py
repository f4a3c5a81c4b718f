"""The product's settings, with the rivals' addresses beside its own."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.benchmarks.plain"
