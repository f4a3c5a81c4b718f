"""How static files are stored: under their hash, and compressed well enough to start quickly."""

import brotli
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

QUALITY = 9  # of brotli's 11; the last two take ten times as long for a twentieth less


class _QuickCompressor(Compressor):
    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        return bytes(brotli.compress(data, quality=QUALITY))  # type: ignore[no-untyped-call]


class Storage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage with a quick compressor."""

    def create_compressor(self, **kwargs: object) -> Compressor:
        """Give the compressor for the collected files."""
        return _QuickCompressor(**kwargs)  # type: ignore[no-untyped-call]
