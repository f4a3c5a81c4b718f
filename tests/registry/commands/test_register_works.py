"""A catalogue out of a file: what is fine is registered, and every refused row says why."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.errors import UnknownAccount
from registry.ids import public_id, row_id
from registry.labels import ERROR_SENTENCES
from registry.log.models import Entry
from registry.models import Declaration, Identifier, Rightsholder, Work
from registry.selectors.declarations import choices_in_force
from registry.services import bulk
from registry.vocabulary import Choice, Medium, Usage
from tests.registry.commands.conftest import Ran

pytestmark = pytest.mark.django_db

Register = Callable[[str | bytes], Ran]

HEADER = (
    "kind,value,title,medium,generative_training,other_training,inference,search,mining,"
    "terms_url,contact"
)
ROW = "sha256,{},Harbour,image,,,,,,,"


def hash_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


@pytest.fixture
def register(run: Callable[..., Ran], maya: Rightsholder, tmp_path: Path) -> Register:
    """Run the command on a file of this content, for Maya."""

    def register(content: str | bytes) -> Ran:
        file = tmp_path / "works.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return run("register_works", file, rightsholder="maya@example.org")

    return register


def test_each_row_becomes_a_work_with_what_is_declared_on_it(
    register: Register, maya: Rightsholder
) -> None:
    code, lines = register(
        f"{HEADER}\n"
        f"sha256,{hash_of('a')},Harbour at dusk,image,refuse,refuse,,allow,,,\n"
        "url,http://maya.example/song,Lullaby,audio,license,,,,,https://maya.example/terms,\n"
        "isbn,978-3-16-148410-0,Winter,text,,,,,,,\n"
    )
    first, second, third = Work.objects.order_by("id")
    assert code == 0
    assert lines == [
        f"row 2: ok {public_id('wrk', first.id)}",
        f"row 3: ok {public_id('wrk', second.id)}",
        f"row 4: ok {public_id('wrk', third.id)}",
        "3 registered, 0 refused",
    ]
    assert (first.title, first.medium, first.rightsholder) == ("Harbour at dusk", "image", maya)
    assert choices_in_force(rightsholder=maya, work=first) == {
        Usage.GENERATIVE_TRAINING: Choice.REFUSE,
        Usage.OTHER_TRAINING: Choice.REFUSE,
        Usage.SEARCH: Choice.ALLOW,
    }
    assert Declaration.objects.get(work=second).terms_url == "https://maya.example/terms"
    assert not Declaration.objects.filter(work=third).exists()
    assert [item.value for item in Identifier.objects.order_by("id")] == [
        hash_of("a"),
        "https://maya.example/song",
        "9783161484100",
    ]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("sha256,abc,Harbour,image,,,,,,,", "invalid-hash"),
        (ROW.format(hash_of("")), "empty-file"),
        ("isbn,978-3-16-148410-1,Harbour,text,,,,,,,", "invalid-check-digit"),
        ("doi,11.1/x,Harbour,text,,,,,,,", "invalid-identifier"),
        ("url,harbour,Harbour,text,,,,,,,", "invalid-url"),
        (f"url,https://maya.example/{'a' * 8000},Harbour,text,,,,,,,", "url-too-long"),
        ("pdq,abc,Harbour,text,,,,,,,", "unknown-kind"),
        (",,Harbour,text,,,,,,,", "unknown-kind"),
        (f"sha256,{hash_of('a')},,image,,,,,,,", "invalid-title"),
        (f"sha256,{hash_of('a')},{'H' * 301},image,,,,,,,", "invalid-title"),
        (f"sha256,{hash_of('a')},H\x00,image,,,,,,,", "invalid-characters"),
        (f"sha256,{hash_of('a')},Harbour,oil,,,,,,,", "unknown-medium"),
        (f"sha256,{hash_of('a')},Harbour,image,yes,,,,,,", "unknown-choice"),
        (f"sha256,{hash_of('a')},Harbour,image,withdrawn,,,,,,", "unknown-choice"),
        (f"sha256,{hash_of('a')},Harbour,image,license,,,,,terms,", "invalid-url"),
        (f"sha256,{hash_of('a')},Harbour,image,license,,,,,https://x.example/\x00,",
         "invalid-characters"),
        (f"sha256,{hash_of('a')},Harbour,image,license,,,,,https://x.example/{'a' * 2000},",
         "url-too-long"),
        (f"sha256,{hash_of('a')},Harbour,image,license,,,,,,{'a' * 301}", "contact-too-long"),
        (f"sha256,{hash_of('a')},Harbour,image", "uneven-row"),
        (f"sha256,{hash_of('a')},Harbour,image,,,,,,,,", "uneven-row"),
        (f"sha256,{hash_of('a')},{'H' * 140_000},image,,,,,,,", "unreadable-row"),
        (ROW.format(hash_of("before")), "already-registered"),
    ],
)  # fmt: skip
def test_a_row_is_refused_alone(register: Register, row: str, code: str) -> None:
    before, after = ROW.format(hash_of("before")), ROW.format(hash_of("after"))
    exit_code, lines = register(f"{HEADER}\n{before}\n{row}\n{after}\n")
    assert exit_code == 1
    assert lines[0].startswith("row 2: ok wrk_")
    assert lines[1].startswith(f"row 3: {code} ")
    assert lines[2].startswith("row 4: ok wrk_")
    assert lines[3:] == ["2 registered, 1 refused"]
    assert Work.objects.count() == 2


def test_bytes_that_are_no_text_are_refused_in_their_row(register: Register) -> None:
    rows = [ROW.format(hash_of("a")), f"sha256,{hash_of('b')},Été,image,,,,,,,"]
    code, lines = register("\n".join([HEADER, *rows]).encode("latin-1"))
    assert code == 1
    assert lines[0].startswith("row 2: ok wrk_")
    assert lines[1].startswith("row 3: invalid-characters ")


def test_a_byte_order_mark_line_ends_blank_lines_and_cells_with_commas_are_fine(
    register: Register,
) -> None:
    code, lines = register(
        f'\ufeff{HEADER}\r\n\r\nSHA256, {hash_of("a").upper()} ,"Harbour, ""at""\n dusk",'
        ",REFUSE,,,,,,\r\n,,,,,,,,,,\r\n"
    )
    [work] = Work.objects.all()
    assert code == 0
    assert lines == [f"row 3: ok {public_id('wrk', work.id)}", "1 registered, 0 refused"]
    assert (work.title, work.medium) == ('Harbour, "at" dusk', Medium.OTHER)


def test_columns_come_in_any_order_and_only_three_are_needed(register: Register) -> None:
    code, _ = register(f"title,mining,value,kind\nHarbour,refuse,{hash_of('a')},sha256\n")
    assert code == 0
    assert Declaration.objects.get().mining == "refuse"


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        ("kind,value,title,colour", "There is no column “colour”. Known are: kind, value,"),
        ("kind;value;title", "There is no column “kind;value;title”."),
        ("kind,value", "The first row must name the column “title”."),
        ("kind,value,title,kind", "The first row names the column “kind” twice."),
        ("", "There is no column “sha256”."),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_whole(
    register: Register, header: str, sentence: str
) -> None:
    with pytest.raises(CommandError) as refused:
        register(f"{header}\n{ROW.format(hash_of('a'))}\n")
    assert str(refused.value).startswith(sentence)
    assert not Work.objects.exists()


def test_an_empty_file_names_no_columns(register: Register) -> None:
    with pytest.raises(CommandError, match="must name the column “kind”"):
        register("")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_another_encoding_is_refused_whole(register: Register, encoding: str) -> None:
    with pytest.raises(CommandError, match="column"):
        register(f"{HEADER}\n".encode(encoding))


def test_a_second_run_registers_nothing_twice(register: Register) -> None:
    table = f"{HEADER}\n{ROW.format(hash_of('a'))}\n"
    register(table)
    code, lines = register(table)
    assert (code, lines[-1]) == (1, "0 registered, 1 refused")
    assert lines[0].startswith("row 2: already-registered ")


def test_without_evidence_a_work_is_registered_but_nothing_declared(
    run: Callable[..., Ran], rightsholder: Callable[..., Rightsholder], tmp_path: Path
) -> None:
    rightsholder("Zed", 0)
    file = tmp_path / "works.csv"
    refusal = f"sha256,{hash_of('b')},Harbour,image,refuse,,,,,,"
    file.write_text(f"{HEADER}\n{ROW.format(hash_of('a'))}\n{refusal}\n")
    code, lines = run("register_works", file, rightsholder="zed@example.org")
    assert code == 1
    assert lines[0].startswith("row 2: ok")
    assert lines[1].startswith("row 3: evidence-too-low")


def test_nobody_and_no_file_are_said_in_one_sentence(
    run: Callable[..., Ran], maya: Rightsholder, tmp_path: Path
) -> None:
    (tmp_path / "works.csv").write_text(HEADER)
    with pytest.raises(CommandError, match="There is no account") as refused:
        run("register_works", tmp_path / "works.csv", rightsholder="zed@example.org")
    assert isinstance(refused.value.__cause__, UnknownAccount)
    with pytest.raises(CommandError, match=r"none\.csv: No such file"):
        run("register_works", tmp_path / "none.csv", rightsholder="maya@example.org")


def test_a_yes_for_very_many_works_needs_somebody_to_vouch(
    run: Callable[..., Ran],
    rightsholder: Callable[..., Rightsholder],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bulk, "MOST_GRANTS", 2)
    rows = [f"sha256,{hash_of(str(n))},Work {n},generative_training" for n in range(4)]
    choices = ["allow", "allow", "allow", "refuse"]
    lines = [
        row.replace("generative_training", say) for row, say in zip(rows, choices, strict=True)
    ]
    table = tmp_path / "many.csv"
    table.write_text("\n".join(["kind,value,title,generative_training", *lines]))
    for name, level, refused in (("Ines", 3, ["too-many-grants"]), ("Label", 4, [])):
        rightsholder(name, level)
        _, out = run("register_works", table, rightsholder=f"{name.lower()}@example.org")
        assert [line.split()[2] for line in out if "too-many" in line] == refused
        assert out[-1] == f"{4 - len(refused)} registered, {len(refused)} refused"


def test_batches_keep_the_order_of_rows(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "BATCH", 2)
    rows = [ROW.format(hash_of(str(n)) if n % 3 else "none") for n in range(7)]
    _, lines = register("\n".join([HEADER, *rows]))
    assert [line.split(":")[0] for line in lines[:-1]] == [f"row {n}" for n in range(2, 9)]
    assert [" ok " in line for line in lines[:-1]] == [bool(n % 3) for n in range(7)]
    assert lines[-1] == "4 registered, 3 refused"


def test_each_further_batch_of_rows_costs_a_few_statements(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "BATCH", 500)

    def statements(name: str, rows: int) -> int:
        table = [
            f"sha256,{hash_of(f'{name} {n}')},Work {n},image,refuse,license,,refuse,,,"
            f"mail-{n}@maya.example"
            for n in range(rows)
        ]
        with CaptureQueriesContext(connection) as queries:
            code, lines = register("\n".join([HEADER, *table]))
        assert (code, lines[-1]) == (0, f"{rows} registered, 0 refused")
        work = row_id("wrk", lines[0].split()[-1])
        assert Work.objects.get(id=work).title == "Work 0"
        return len(queries)

    one, two, four = (statements(str(rows), rows) for rows in (500, 1_000, 2_000))
    assert two - one < 30
    assert four - one == 3 * (two - one)
    assert Entry.objects.filter(kind="claim").count() == 3_500


def test_every_refusal_of_a_table_has_its_sentence() -> None:
    for code in ("unknown-column", "missing-column", "repeated-column", "uneven-row"):
        assert ERROR_SENTENCES[code]
