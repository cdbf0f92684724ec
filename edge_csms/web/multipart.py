"""Finds the file in a request body while it comes in: the body is the file, or a form that holds it (RFC 7578)."""

from email.message import Message
from email.parser import HeaderParser
from enum import Enum

from edge_csms.domain.errors import Invalid

MAX_HEADERS = 8 << 10
MAX_FIELDS = 64 << 10  # all fields beside the file together


class Place(Enum):
    """Where in a form the next byte stands."""

    BEFORE = "before the first part"
    DELIMITER = "behind a boundary"
    HEADERS = "in the headers of a part"
    FIELD = "in a field"
    FILE = "in the file"
    SKIPPED = "in a second file"
    END = "behind the last part"


class FileBody:
    """One body; `feed` gives what of it belongs to the file. Raises Invalid for a form that can't be read."""

    def __init__(self, content_type: str) -> None:
        self.file_name: str | None = None
        self.fields: dict[str, str] = {}
        self._size = 0
        self._fields_size = 0
        self._buffer = bytearray(b"\r\n")  # so that the first boundary looks like the others
        self._field = ""
        self._text = bytearray()
        header = Message()
        header["Content-Type"] = content_type
        self._is_form = header.get_content_maintype() == "multipart"
        self._place = Place.BEFORE
        boundary = str(header.get_param("boundary") or "")
        if self._is_form and not boundary:
            raise Invalid("the form names no boundary")
        self._delimiter = b"\r\n--" + boundary.encode()

    def feed(self, chunk: bytes) -> list[bytes]:
        """Take the next bytes of the body and give those of the file among them."""
        pieces = [chunk] if not self._is_form else self._read_form(chunk)
        self._size += sum(map(len, pieces))
        return pieces

    def finish(self) -> None:
        """Check that the body was whole and held a file."""
        if self._is_form and self._place is not Place.END:
            raise Invalid("the form ends in the middle")
        if not self._size:
            raise Invalid("the body holds no file")

    def _read_form(self, chunk: bytes) -> list[bytes]:
        self._buffer += chunk
        pieces: list[bytes] = []
        while self._step(pieces):
            pass
        return pieces

    def _step(self, pieces: list[bytes]) -> bool:
        """Read on to the next place; False when more bytes are needed for that."""
        match self._place:
            case Place.END:
                self._buffer.clear()
                return False
            case Place.DELIMITER:
                return self._read_delimiter()
            case Place.HEADERS:
                return self._read_headers()
        end = self._buffer.find(self._delimiter)
        is_over = end >= 0
        self._take(pieces, end if is_over else max(0, len(self._buffer) - len(self._delimiter) + 1))
        if is_over:
            self._end_part()
            del self._buffer[: len(self._delimiter)]
        return is_over

    def _take(self, pieces: list[bytes], length: int) -> None:
        """Take what surely belongs to the present part."""
        taken = bytes(self._buffer[:length])
        del self._buffer[:length]
        if self._place is Place.FILE and taken:
            pieces.append(taken)
        elif self._place is Place.FIELD:
            self._text += taken
            self._fields_size += len(taken)
            if self._fields_size > MAX_FIELDS:
                raise Invalid("the fields beside the file are too long")

    def _end_part(self) -> None:
        if self._place is Place.FIELD:
            self.fields[self._field] = self._text.decode(errors="replace")
            self._text.clear()
        self._place = Place.DELIMITER

    def _read_delimiter(self) -> bool:
        """Read what stands behind a boundary: two hyphens at the very end, else the end of the line."""
        if self._buffer.startswith(b"--"):
            self._place = Place.END
            return True
        if (end := self._line_end(b"\r\n")) < 0:
            return False
        del self._buffer[:end]  # the line's end stays, for a part without headers
        self._place = Place.HEADERS
        return True

    def _read_headers(self) -> bool:
        if (end := self._line_end(b"\r\n\r\n")) < 0:
            return False
        headers = HeaderParser().parsestr(bytes(self._buffer[2:end]).decode(errors="replace"))
        del self._buffer[: end + 4]
        name = headers.get_filename()
        if name is None:
            self._field = str(headers.get_param("name", "", "content-disposition"))
            self._place = Place.FIELD
        elif self.file_name is None:
            self.file_name = name
            self._place = Place.FILE
        else:
            self._place = Place.SKIPPED
        return True

    def _line_end(self, mark: bytes) -> int:
        end = self._buffer.find(mark)
        if end < 0 and len(self._buffer) > MAX_HEADERS:
            raise Invalid("a part of the form has no readable headers")
        return end
