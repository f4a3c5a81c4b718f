"""What log entries commit to stays as it was, whatever rows have learnt since."""

from datetime import UTC, datetime
from uuid import UUID

from registry.models import Declaration
from registry.selectors.payloads import payload_of
from registry.vocabulary import Choice, Scope

WORK, LOCATION = UUID(int=3), UUID(int=4)


def declaration(**fields: object) -> Declaration:
    return Declaration(
        id=UUID(int=1),
        rightsholder_id=UUID(int=2),
        mining=Choice.REFUSE,
        declared_at=datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
        **fields,
    )


def test_a_declaration_on_a_work_commits_to_what_it_did_before_there_were_places() -> None:
    assert payload_of(declaration(scope=Scope.WORK, work_id=WORK)) == (
        b'{"choices":{"mining":"refuse"},"contact":"",'
        b'"declaration":"00000000-0000-0000-0000-000000000001",'
        b'"declared_at":"2026-11-22T09:30:00Z","ends_at":null,"ends_firm_grants":false,'
        b'"organisation":null,"rightsholder":"00000000-0000-0000-0000-000000000002",'
        b'"scope":"work","starts_at":null,"terms_url":"",'
        b'"work":"00000000-0000-0000-0000-000000000003"}'
    )


def test_a_declaration_at_a_place_commits_to_the_place() -> None:
    payload = payload_of(declaration(scope=Scope.HOST, location_id=LOCATION))
    assert b'"location":"00000000-0000-0000-0000-000000000004"' in payload
    assert b'"work":null' in payload
