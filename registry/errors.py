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
    """A SHA-256, like a PDQ, is 64 hexadecimal digits."""

    code = "invalid-hash"


class InvalidUrl(InvalidIdentifier):
    """Not an absolute http or https URL."""

    code = "invalid-url"


class UrlTooLong(InvalidUrl):
    """Longer than any URL the registry takes."""

    code = "url-too-long"


class InvalidLocation(DomainError):
    """Neither a bare host name nor a URL with a path and without a query."""

    code = "invalid-location"


class LocationTooDeep(DomainError):
    """More path segments than any lookup tries; `limit` says how many it tries."""

    code = "location-too-deep"


class PublicSuffix(DomainError):
    """Many have their sites under it, so that nobody speaks for it; `host` names it."""

    code = "public-suffix"


class NotADomain(DomainError):
    """An address, or a host below the domain that somebody registered."""

    code = "not-a-domain"


class AlreadyControlled(DomainError):
    """The same rightsholder has shown control of this location, and it has not ended."""

    code = "already-controlled"


class NotUnderControl(DomainError):
    """The location is somebody else's, or its control is suspended or has ended."""

    code = "not-under-control"


class NotSuspended(DomainError):
    """A resumption where nothing is suspended."""

    code = "not-suspended"


class InvalidCheckDigit(InvalidIdentifier):
    """Shaped like an identifier, but its check digit does not match."""

    code = "invalid-check-digit"


class AlreadyRegistered(DomainError):
    """The same rightsholder has registered a work by this identifier; `work` is its id."""

    code = "already-registered"


class TooManyWorks(DomainError):
    """More works at once than one form post may carry; `limit` says how many may."""

    code = "too-many-works"


class NothingToRegister(DomainError):
    """A registration without any identifier."""

    code = "nothing-to-register"


class EmptyFile(DomainError):
    """The SHA-256 of zero bytes recognises every empty file, so no work."""

    code = "empty-file"


class InvalidTitle(DomainError):
    """Empty or over-long."""

    code = "invalid-title"


class InvalidName(DomainError):
    """Empty, over-long, or several lines."""

    code = "invalid-name"


class InvalidYear(DomainError):
    """Before writing or after next year."""

    code = "invalid-year"


class InvalidCharacters(DomainError):
    """PostgreSQL cannot store NUL, and UTF-8 has no lone surrogates."""

    code = "invalid-characters"


class NothingDeclared(DomainError):
    """A declaration that names no usage."""

    code = "nothing-declared"


class NothingToWithdraw(DomainError):
    """A withdrawal where nothing is in force."""

    code = "nothing-to-withdraw"


class NotTheNewest(DomainError):
    """Something was said after what is to be undone."""

    code = "not-the-newest"


class InvalidWindow(DomainError):
    """A window that is empty or over."""

    code = "invalid-window"


class TermsMissing(DomainError):
    """`license` without a terms URL and without a contact leads nowhere."""

    code = "terms-missing"


class ContactTooLong(DomainError):
    """A contact route longer than `limit` characters."""

    code = "contact-too-long"


class TooManyGrants(DomainError):
    """A yes for more works at once than evidence below level 4 carries; `limit` says how many."""

    code = "too-many-grants"


class EvidenceTooLow(DomainError):
    """Evidence level 0 may say nothing."""

    code = "evidence-too-low"


class AlreadySigned(DomainError):
    """One signature per account."""

    code = "already-signed"


class NotSigned(DomainError):
    """No signature stands."""

    code = "not-signed"


class InvalidEvidenceLevel(DomainError):
    """Outside 0 to 4; level 5 is a ruling, never a standing."""

    code = "invalid-evidence-level"


class UnknownAccount(DomainError):
    """No such account."""

    code = "unknown-account"


class AccountExists(DomainError):
    """The address is taken."""

    code = "account-exists"


class InvalidAddress(DomainError):
    """Not an e-mail address, or longer than any."""

    code = "invalid-address"


class UnknownLog(DomainError):
    """No such log."""

    code = "unknown-log"


class UnknownEntry(DomainError):
    """The log has no such index, or was never published at that size."""

    code = "unknown-entry"


class AlreadySeeded(DomainError):
    """Works of this seed are registered; a second run would contest them all."""

    code = "already-seeded"


class UnknownColumn(DomainError):
    """The first row of a table names a column that does not exist; `name` says which."""

    code = "unknown-column"


class MissingColumn(DomainError):
    """The first row of a table lacks a column that every work needs; `name` says which."""

    code = "missing-column"


class RepeatedColumn(DomainError):
    """The first row of a table names a column twice; `name` says which."""

    code = "repeated-column"


class UnevenRow(DomainError):
    """A row has more or fewer cells than there are columns; `cells` and `columns` count them."""

    code = "uneven-row"


class UnreadableRow(DomainError):
    """A cell longer than any value, most likely behind a quotation mark that nothing closes."""

    code = "unreadable-row"


class UnknownKind(DomainError):
    """Not a kind of identifier; `kinds` lists them."""

    code = "unknown-kind"


class UnknownMedium(DomainError):
    """Not a medium; `media` lists them."""

    code = "unknown-medium"


class UnknownChoice(DomainError):
    """Not a choice; `column` says for which usage."""

    code = "unknown-choice"
