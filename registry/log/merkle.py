"""RFC 6962 Merkle trees: hashes, roots, proofs and how to verify them."""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

HASH_SIZE = 32
EMPTY_ROOT = sha256().digest()

ReadNode = Callable[[int, int], bytes]
"""(height, index) -> the root over the `index`-th run of 2**height leaves."""


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of one leaf (RFC 6962 §2.1)."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash over two subtrees (RFC 6962 §2.1)."""
    return sha256(b"\x01" + left + right).digest()


def root(leaves: Iterable[bytes]) -> bytes:
    """The Merkle tree hash of a list of leaves, held in memory (RFC 6962 §2.1)."""
    row = [leaf_hash(leaf) for leaf in leaves]
    if not row:
        return EMPTY_ROOT
    while len(row) > 1:
        pairs = [node_hash(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)]
        row = pairs + row[len(pairs) * 2 :]
    return row[0]


def root_at(size: int, read: ReadNode) -> bytes:
    """The Merkle tree hash of the first `size` leaves."""
    return _subtree_root(0, size, read) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, read: ReadNode) -> list[bytes]:
    """The audit path of a leaf in the tree of `size`, nearest sibling first (RFC 9162 §2.1.3.1).

    Raises ValueError where the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_subtree_root(middle, end, read))
            end = middle
        else:
            path.append(_subtree_root(start, middle, read))
            start = middle
    return path[::-1]


def consistency_proof(first: int, second: int, read: ReadNode) -> list[bytes]:
    """That the tree of `first` leaves is a prefix of the one of `second` (RFC 9162 §2.1.4.1).

    Raises ValueError unless 0 < first <= second; between equal sizes the proof is empty.
    """
    if not 0 < first <= second:
        raise ValueError(f"no consistency proof from {first} to {second} leaves")
    start, end, path = 0, second, []
    while end != first:
        middle = start + _split(end - start)
        if first <= middle:
            path.append(_subtree_root(middle, end, read))
            end = middle
        else:
            path.append(_subtree_root(start, middle, read))
            start = middle
    if start:
        path.append(_subtree_root(start, end, read))
    return path[::-1]


def verify_inclusion(
    *, leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Whether the proof leads from the leaf to the root (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size or not _are_hashes(leaf_hash, root, *proof):
        return False
    node, last, current = index, size - 1, leaf_hash
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            current = node_hash(sibling, current)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            current = node_hash(current, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and current == root


def verify_consistency(
    *, first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the proof shows the first tree to be a prefix of the second (RFC 9162 §2.1.4.2)."""
    if not 0 < first <= second or not _are_hashes(first_root, second_root, *proof):
        return False
    if first == second:
        return not proof and first_root == second_root
    is_perfect = first & (first - 1) == 0
    hashes = [first_root, *proof] if is_perfect else list(proof)
    return bool(proof) and _two_roots(first, second, hashes) == (first_root, second_root)


def _two_roots(first: int, second: int, hashes: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Both roots that a consistency proof amounts to; None where its length is wrong."""
    node, last = first - 1, second - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return None
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    return (old, new) if last == 0 else None


def _split(size: int) -> int:
    """The largest power of two below `size`, for size > 1."""
    return 1 << ((size - 1).bit_length() - 1)


def _subtree_root(start: int, end: int, read: ReadNode) -> bytes:
    width = end - start
    if width & (width - 1) == 0:
        height = width.bit_length() - 1
        return read(height, start >> height)
    middle = start + _split(width)
    return node_hash(_subtree_root(start, middle, read), _subtree_root(middle, end, read))


def _are_hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_SIZE for value in values)
