"""What operators see and change of the record; every change goes through a service."""

from registry.admin import operations, people, record

__all__ = ["operations", "people", "record"]
