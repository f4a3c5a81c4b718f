-- What was said stays as it was said; correcting it is saying something new.

-- Nor is anything added to what the log has taken: a row comes with an entry that still waits.

CREATE FUNCTION registry_refuse_late_row() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added JOIN registry_entry entry ON entry.id = added.entry_id
        WHERE entry.index IS NOT NULL OR NOT starts_with(entry.kind, TG_ARGV[0])
    ) THEN
        RAISE EXCEPTION 'INSERT on % refused: its log entry is another one''s or published', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION registry_refuse_late_part() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added JOIN registry_claim claim ON claim.id = added.claim_id
        JOIN registry_entry entry ON entry.id = claim.entry_id
        WHERE entry.index IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'INSERT on % refused: its claim is published', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER registry_claim_is_timely AFTER INSERT ON registry_claim
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT
    EXECUTE FUNCTION registry_refuse_late_row('claim');
CREATE TRIGGER registry_declaration_is_timely AFTER INSERT ON registry_declaration
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT
    EXECUTE FUNCTION registry_refuse_late_row('declaration');
CREATE TRIGGER registry_standing_is_timely AFTER INSERT ON registry_standing
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT
    EXECUTE FUNCTION registry_refuse_late_row('standing');
CREATE TRIGGER registry_identifier_is_timely AFTER INSERT ON registry_identifier
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT
    EXECUTE FUNCTION registry_refuse_late_part();
CREATE TRIGGER registry_holder_is_timely AFTER INSERT ON registry_holder
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT
    EXECUTE FUNCTION registry_refuse_late_part();

CREATE TRIGGER registry_claim_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON registry_claim
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change();
CREATE TRIGGER registry_identifier_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON registry_identifier
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change();
CREATE TRIGGER registry_holder_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON registry_holder
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change();
CREATE TRIGGER registry_declaration_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON registry_declaration
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change();
CREATE TRIGGER registry_standing_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON registry_standing
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change();
