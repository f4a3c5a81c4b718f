#!/usr/bin/env python3
"""Runs `up`, `verify`, `bench`, `fuzz` and Django's commands in the project's own environment."""

import sys

from config import bootstrap

if __name__ == "__main__":
    bootstrap.enter(with_dev=sys.argv[1:2] in (["verify"], ["bench"], ["fuzz"]))

    from config import commands

    sys.exit(commands.run(sys.argv))
