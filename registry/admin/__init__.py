"""What operators see and change of the record; every change goes through a service."""

from registry.admin import locations, operations, people, record

__all__ = ["locations", "operations", "people", "record"]
