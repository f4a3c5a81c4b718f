-- The log is append-only, whoever connects: what was written stays as it was written.

CREATE OR REPLACE FUNCTION registry_refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % refused: the log is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TRIGGER registry_log_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON registry_log
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change();

CREATE TRIGGER registry_checkpoint_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON registry_checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change();

CREATE TRIGGER registry_tile_is_kept BEFORE DELETE OR TRUNCATE ON registry_tile
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change();

-- A tile grows at its end, up to 256 hashes of 32 bytes.
CREATE TRIGGER registry_tile_only_grows BEFORE UPDATE ON registry_tile
    FOR EACH ROW
    WHEN (
        (NEW.id, NEW.log_id, NEW.level, NEW.number)
            IS DISTINCT FROM (OLD.id, OLD.log_id, OLD.level, OLD.number)
        OR substring(NEW.hashes FROM 1 FOR octet_length(OLD.hashes)) IS DISTINCT FROM OLD.hashes
    )
    EXECUTE FUNCTION registry_refuse_change();

ALTER TABLE registry_tile ADD CONSTRAINT registry_tile_whole_hashes
    CHECK (octet_length(hashes) BETWEEN 32 AND 8192 AND octet_length(hashes) % 32 = 0);

CREATE TRIGGER registry_entry_is_kept BEFORE DELETE OR TRUNCATE ON registry_entry
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change();

-- An entry starts pending and salted.
CREATE TRIGGER registry_entry_starts_pending BEFORE INSERT ON registry_entry
    FOR EACH ROW WHEN (NEW.index IS NOT NULL OR NEW.salt IS NULL)
    EXECUTE FUNCTION registry_refuse_change();

-- The one change: an index, once. Erasure will add the other (a salt to NULL).
CREATE TRIGGER registry_entry_only_integrates BEFORE UPDATE ON registry_entry
    FOR EACH ROW
    WHEN (
        OLD.index IS NOT NULL
        OR NEW.index IS NULL
        OR (NEW.id, NEW.log_id, NEW.kind, NEW.salt, NEW.leaf, NEW.created_at)
            IS DISTINCT FROM (OLD.id, OLD.log_id, OLD.kind, OLD.salt, OLD.leaf, OLD.created_at)
    )
    EXECUTE FUNCTION registry_refuse_change();
