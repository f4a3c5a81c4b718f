"""Every refusal of the answer: a type with a stable code; its sentence stands in `labels`."""

from registry.errors import DomainError


class UnknownUsage(DomainError):
    """Not one of the usages of the vocabulary (rule R22)."""

    code = "unknown-usage"


class OneIdentifier(DomainError):
    """An item is named by exactly one identifier."""

    code = "one-identifier"


class UnknownParameter(DomainError):
    """A parameter or field that does not exist here; `name` says which."""

    code = "unknown-parameter"


class RepeatedParameter(DomainError):
    """A parameter given twice; `name` says which."""

    code = "repeated-parameter"


class InvalidMoment(DomainError):
    """`at` is an RFC 3339 time, `tree_size` a whole number; one of them at most."""

    code = "invalid-moment"


class UnknownMoment(DomainError):
    """The log was never published at that size, or not yet at that time."""

    code = "unknown-moment"


class MalformedBody(DomainError):
    """Not JSON as RFC 8259 has it: a syntax error, NaN, a duplicate key, or nested too deep."""

    code = "malformed-body"


class BodyTooLarge(DomainError):
    """More bytes than a batch can need; `limit` in bytes."""

    code = "body-too-large"


class InvalidRecords(DomainError):
    """Not SHA-256 records of 32 octets each."""

    code = "invalid-records"


class InvalidLines(DomainError):
    """Not text in UTF-8 with an address a line."""

    code = "invalid-lines"


class InvalidItems(DomainError):
    """`items` is a list of objects, each with one identifier."""

    code = "invalid-items"


class TooManyItems(DomainError):
    """More items than one batch may carry; `limit` says how many may."""

    code = "too-many-items"


class InvalidKey(DomainError):
    """No such API key, or a mistyped one."""

    code = "invalid-key"


class KeyEnded(DomainError):
    """The API key was revoked or has expired."""

    code = "key-ended"


class QuotaExceeded(DomainError):
    """More items than the quota allows; `retry_after` in seconds."""

    code = "quota-exceeded"


class TooManyAtOnce(DomainError):
    """A firm asks more at once than it may, and has waited; `retry_after` in seconds."""

    code = "too-many-at-once"


class InvalidIdempotencyKey(DomainError):
    """Not 1 to 255 visible ASCII characters."""

    code = "invalid-idempotency-key"


class IdempotencyNeedsKey(DomainError):
    """Answers are kept for firms only."""

    code = "idempotency-needs-key"


class IdempotencyKeyReused(DomainError):
    """The key stands for another request."""

    code = "idempotency-key-reused"


class IdempotencyInProgress(DomainError):
    """The first request with this key is still being answered."""

    code = "idempotency-in-progress"


class StaleState(DomainError):
    """The state to answer from is not fresh enough to say yes or no (rule R43)."""

    code = "stale-state"


class InvalidReceipt(DomainError):
    """Not a receipt, or not signed by a key of this registry."""

    code = "invalid-receipt"


class AlreadyInFirm(DomainError):
    """The account acts for a firm already."""

    code = "already-in-firm"


class OutOfScope(DomainError):
    """The API key may not be used for this."""

    code = "key-scope"


class AddressUnconfirmed(DomainError):
    """The account has no confirmed address yet."""

    code = "address-unconfirmed"


class PrivateAddress(DomainError):
    """An address at a provider for everybody says nothing about an organisation; its `domain`."""

    code = "private-address"


class FirmExists(DomainError):
    """A firm has signed up with this `domain` already."""

    code = "firm-exists"


class TooManyKeys(DomainError):
    """As many keys as may be in use at once; `limit` says how many."""

    code = "too-many-keys"


class LastOwner(DomainError):
    """Without an owner nobody could invite or dismiss anybody."""

    code = "last-owner"


class AlreadyMember(DomainError):
    """Who was invited acts for the firm already."""

    code = "already-member"


class AlreadyInvited(DomainError):
    """There is an open invitation to this address."""

    code = "already-invited"


class TooManyInvitations(DomainError):
    """As many as a firm may write in a day; `limit` says how many."""

    code = "too-many-invitations"


class InvitationEnded(DomainError):
    """Accepted, withdrawn or expired, or to another address."""

    code = "invitation-ended"


class UnknownPlan(DomainError):
    """No such quota."""

    code = "unknown-plan"
