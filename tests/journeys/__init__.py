"""Stories across the whole product, on the real parts."""
