"""The published state of the log, and proofs from it."""

from datetime import datetime

from registry.log import reads
from registry.statements import TreeHead

DECLARATIONS = "declarations"
