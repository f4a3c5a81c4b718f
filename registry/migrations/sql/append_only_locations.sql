-- Places, and what was logged about their control, stay as they were said.

CREATE TRIGGER registry_locationevent_is_timely AFTER INSERT ON registry_locationevent
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT
    EXECUTE FUNCTION registry_refuse_late_row('location');

CREATE TRIGGER registry_location_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON registry_location
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change();
CREATE TRIGGER registry_locationevent_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON registry_locationevent
    FOR EACH STATEMENT EXECUTE FUNCTION registry_refuse_change();
