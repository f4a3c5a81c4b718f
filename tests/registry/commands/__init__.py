"""Commands of the record, as operators and scripts run them."""
