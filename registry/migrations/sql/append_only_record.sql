-- What was said stays as it was said; correcting it is saying something new.

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
