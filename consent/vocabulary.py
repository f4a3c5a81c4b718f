"""Every value of the answer that is stored or crosses the wire, as an enumeration."""

from enum import StrEnum


class Role(StrEnum):
    """What a member may do for a firm, the most first; each may do what those below it may."""

    OWNER = "owner"
    ENGINEER = "engineer"
    VIEWER = "viewer"

    def covers(self, needed: "Role") -> bool:
        """Say whether whoever has this role may do what needs that one."""
        ranks = list(Role)
        return ranks.index(self) <= ranks.index(needed)


class KeyScope(StrEnum):
    """What an API key may be used for."""

    LOOKUPS = "lookups"
    CHECKS = "checks"
