"""Every refusal of the record: a type with a stable code; its sentence stands in `labels`."""


class DomainError(Exception):
    """A refusal that the caller can understand and mend; `code` never changes once published."""

    code = "refused"

    def __init__(self, **details: object) -> None:
        """Keep what the translated sentence needs to be precise."""
        super().__init__(self.code)
        self.details = details


class InvalidIdentifier(DomainError):
    """The value is not of the kind it claims to be."""

    code = "invalid-identifier"


class InvalidHash(InvalidIdentifier):
    """A SHA-256 is 64 hexadecimal digits."""

    code = "invalid-hash"


class InvalidUrl(InvalidIdentifier):
    """Not an absolute http or https URL."""

    code = "invalid-url"


class UrlTooLong(InvalidUrl):
    """Longer than any URL the registry takes."""

    code = "url-too-long"


class InvalidCheckDigit(InvalidIdentifier):
    """Shaped like an identifier, but its check digit does not match."""

    code = "invalid-check-digit"
