"""The log over HTTP, for monitors and auditors."""
