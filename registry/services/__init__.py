"""What can be done to the record: one verb, one transaction, one log entry where it is said."""
