"""The append-only log: knows bytes and kinds, never works (RFC 6962, C2SP tlog-tiles)."""
