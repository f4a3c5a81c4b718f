"""Who asks: an API key in the header `Authorization: Bearer crk_…`."""
