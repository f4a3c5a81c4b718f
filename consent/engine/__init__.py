"""The matching engine: what the registry answers on every key, in flat files that are mapped."""
