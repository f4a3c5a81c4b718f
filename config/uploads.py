"""What is never read: files, for works are recognised where they lie, and bodies without length."""

from collections.abc import Callable
from typing import Any, NoReturn

from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError

from config.problems import PROGRAMS, problem_response


class NoUploads(FileUploadHandler):
    """Ends a request with a file in it before anything is kept."""

    def new_file(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Raise MultiPartParserError, which Django answers with 400."""
        raise MultiPartParserError("This site takes no files.")


class LengthMiddleware:
    """Refuses a program's body that comes in chunks, which Django would take for an empty one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 411 (RFC 9110 section 15.5.12)."""
        is_chunked = "Transfer-Encoding" in request.headers
        if is_chunked and request.path.startswith(PROGRAMS):
            return problem_response("length-required")
        return self.get_response(request)
