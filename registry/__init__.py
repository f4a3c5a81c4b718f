"""The record: who said what about which work, and the log that proves it."""
