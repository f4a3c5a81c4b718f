"""The tree is RFC 6962's: its proofs convince, and nothing that was changed does."""

from base64 import b64decode
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.log.merkle import (
    EMPTY_ROOT,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
    root_at,
    verify_consistency,
    verify_inclusion,
)
from tests.registry.log.vectors import reader, vectors

# The reference tree of the Certificate Transparency project.
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.mark.parametrize("size", range(9))
def test_roots_of_the_reference_tree(size: int) -> None:
    assert root(LEAVES[:size]).hex() == ROOTS[size]
    assert root_at(size, reader(LEAVES)).hex() == ROOTS[size]


def test_leaves_and_nodes_hash_apart() -> None:
    assert leaf_hash(b"x") == sha256(b"\x00x").digest()
    assert node_hash(b"l", b"r") == sha256(b"\x01lr").digest()


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert root([]) == sha256(b"").digest() == EMPTY_ROOT


def test_proofs_of_the_reference_tree() -> None:
    """Written out by hand from the picture of seven leaves in RFC 9162 §2.1.5."""
    a, b, c, d, e, f, j = (leaf_hash(leaf) for leaf in LEAVES[:7])
    g, h, i = node_hash(a, b), node_hash(c, d), node_hash(e, f)
    k, l_ = node_hash(g, h), node_hash(i, j)
    read = reader(LEAVES)
    assert inclusion_proof(0, 7, read) == [b, h, l_]
    assert inclusion_proof(3, 7, read) == [c, g, l_]
    assert inclusion_proof(4, 7, read) == [f, j, k]
    assert inclusion_proof(6, 7, read) == [i, k]
    assert consistency_proof(3, 7, read) == [c, d, g, l_]
    assert consistency_proof(4, 7, read) == [l_]
    assert consistency_proof(6, 7, read) == [i, j, k]


def test_every_published_root_and_proof_is_judged_as_published() -> None:
    for case in vectors("merkle/ct_reference_tree.ndjson"):
        leaves = [bytes.fromhex(leaf) for leaf in case["leaf_hex"]]
        assert root(leaves).hex() == case["root_hex"]
    cases = vectors("merkle/rfc6962_proofs.ndjson")
    assert len(cases) > 90
    for case in cases:
        proof = [b64decode(node) for node in case["proof"] or []]
        if case["kind"] == "inclusion":
            is_proven = verify_inclusion(
                leaf_hash=b64decode(case["leafHash"] or ""),
                index=case["leafIdx"],
                size=case["treeSize"],
                proof=proof,
                root=b64decode(case["root"] or ""),
            )
        else:
            is_proven = verify_consistency(
                first=case["size1"],
                second=case["size2"],
                first_root=b64decode(case["root1"] or ""),
                second_root=b64decode(case["root2"] or ""),
                proof=proof,
            )
        assert is_proven is not case["wantErr"], case["path"]


@st.composite
def trees(draw: st.DrawFn) -> tuple[list[bytes], int, int]:
    """Leaves, and two sizes of the tree over them, the smaller first."""
    second = draw(st.integers(1, 70))
    first = draw(st.integers(1, second))
    return [b"%d" % n for n in range(second)], first, second


@given(trees(), st.data())
def test_what_is_in_the_tree_is_proven_and_nothing_else(
    tree: tuple[list[bytes], int, int], data: st.DataObject
) -> None:
    leaves, _, size = tree
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, size, reader(leaves))
    facts = {"index": index, "size": size, "root": root(leaves)}
    leaf = leaf_hash(leaves[index])
    assert verify_inclusion(leaf_hash=leaf, proof=proof, **facts)
    assert not verify_inclusion(leaf_hash=leaf_hash(b"other"), proof=proof, **facts)
    assert not verify_inclusion(leaf_hash=leaf, proof=tampered(proof, data), **facts)
    other = data.draw(
        st.integers(0, size - 1).filter(lambda at: at != index) if size > 1 else st.just(size)
    )
    assert not verify_inclusion(leaf_hash=leaf, proof=proof, **(facts | {"index": other}))


@given(trees(), st.data())
def test_a_prefix_is_proven_and_nothing_else(
    tree: tuple[list[bytes], int, int], data: st.DataObject
) -> None:
    leaves, first, second = tree
    proof = consistency_proof(first, second, reader(leaves))
    facts = {"first": first, "second": second}
    roots = {"first_root": root(leaves[:first]), "second_root": root(leaves)}
    assert verify_consistency(proof=proof, **facts, **roots)
    assert not verify_consistency(proof=tampered(proof, data), **facts, **roots)
    for end in roots:
        forged = roots | {end: root([*leaves, b"other"])}
        assert not verify_consistency(proof=proof, **facts, **forged)


def tampered(proof: list[bytes], data: st.DataObject) -> list[bytes]:
    """The proof with a bit flipped, a node more, or a node less."""
    changes = ["more"] + (["bit", "less"] if proof else [])
    match data.draw(st.sampled_from(changes)):
        case "more":
            place = data.draw(st.integers(0, len(proof)))
            return [*proof[:place], EMPTY_ROOT, *proof[place:]]
        case "less":
            place = data.draw(st.integers(0, len(proof) - 1))
            return proof[:place] + proof[place + 1 :]
        case _:
            place = data.draw(st.integers(0, len(proof) - 1))
            bit = 1 << data.draw(st.integers(0, 255))
            node = int.from_bytes(proof[place], "big") ^ bit
            return [*proof[:place], node.to_bytes(32, "big"), *proof[place + 1 :]]


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3), (4, 3)])
def test_no_proof_for_a_leaf_outside(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="has no leaf"):
        inclusion_proof(index, size, reader(LEAVES))
    assert not verify_inclusion(
        leaf_hash=leaf_hash(b""), index=index, size=size, proof=[], root=root(LEAVES[:size])
    )


@pytest.mark.parametrize(("first", "second"), [(0, 3), (4, 3), (-1, 3)])
def test_no_proof_from_nothing_or_backwards(first: int, second: int) -> None:
    with pytest.raises(ValueError, match="no consistency proof"):
        consistency_proof(first, second, reader(LEAVES))
    assert not verify_consistency(
        first=first, second=second, first_root=EMPTY_ROOT, second_root=root(LEAVES[:3]), proof=[]
    )
