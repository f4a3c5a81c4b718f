"""Opening a log entry: what it commits to, and the proof that the published log holds it."""

from base64 import b64encode
from dataclasses import dataclass

from registry.log import reads
from registry.models import Claim, Declaration, Work
from registry.selectors.log import DECLARATIONS
from registry.selectors.payloads import payload_of, payload_of_claim
from registry.vocabulary import Scope


@dataclass(frozen=True, slots=True)
class Opening:
    """An entry with its secret: hash it again, and follow `inclusion_proof` to the signed root.

    The leaf holds SHA-256(salt, then the octets of `payload`); the proof is the audit path of
    RFC 9162 section 2.1.3, `checkpoint` a C2SP signed note. Octets are in base64.
    """

    payload: str
    salt: str
    leaf: str
    index: int
    tree_size: int
    inclusion_proof: list[str]
    checkpoint: str


def opening_of(work: Work, *, index: int) -> Opening | None:
    """Give the opening of a published entry about a work, or None.

    About a work are its claims, and the declarations to everybody on it and on its owner's
    catalogue. None too after erasure, which takes the salt.
    """
    said = _about(work, index)
    checkpoint = reads.latest_checkpoint(DECLARATIONS)
    if said is None or said.entry.salt is None or checkpoint is None:
        return None
    proof = reads.inclusion_proof(DECLARATIONS, index, checkpoint.size)
    if proof is None:
        return None
    payload = payload_of_claim(said) if isinstance(said, Claim) else payload_of(said)
    return Opening(
        payload=payload.decode(),
        salt=_base64(said.entry.salt),
        leaf=_base64(said.entry.leaf),
        index=index,
        tree_size=checkpoint.size,
        inclusion_proof=[_base64(node) for node in proof],
        checkpoint=checkpoint.note,
    )


def _about(work: Work, index: int) -> Claim | Declaration | None:
    at_index = {"entry__index": index, "entry__log__name": DECLARATIONS}
    claim = Claim.objects.select_related("entry").filter(work=work, **at_index).first()
    declarations = Declaration.objects.select_related("entry").filter(
        rightsholder=work.rightsholder_id, organisation=None, **at_index
    )
    return claim or (
        declarations.filter(work=work).first() or declarations.filter(scope=Scope.CATALOGUE).first()
    )


def _base64(octets: bytes | memoryview) -> str:
    return b64encode(bytes(octets)).decode()
