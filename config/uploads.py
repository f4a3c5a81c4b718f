"""The registry takes no file: works are recognised where they lie."""

from typing import Any, NoReturn

from django.core.files.uploadhandler import FileUploadHandler
from django.http.multipartparser import MultiPartParserError


class NoUploads(FileUploadHandler):
    """Ends a request with a file in it before anything is kept."""

    def new_file(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Raise MultiPartParserError, which Django answers with 400."""
        raise MultiPartParserError("This site takes no files.")
