"""Ids in addresses: `wrk_` and 32 digits on the outside, a UUID on the inside."""

from uuid import UUID

from registry.ids import public_id, row_id


class WorkId:
    """The id of a work; whatever is not one is no address of this site."""

    regex = "wrk_[0-9a-f]{32}"

    def to_python(self, value: str) -> UUID:
        """Give the row's id."""
        row = row_id("wrk", value)
        if row is None:
            raise ValueError(value)
        return row

    def to_url(self, value: UUID | str) -> str:
        """Give the public id, also of one that is public already."""
        return public_id("wrk", value) if isinstance(value, UUID) else value
