"""Where things are in a source file, in bytes: CPython counts in lines and UTF-8 columns of the decoded text, an edit in bytes."""

import io
import re
import tokenize

_LINE_END = re.compile(rb"\r\n|\r|\n")


class Layout:
    """Line starts and encoding of one source, as the CPython tokenizer sees them (CRLF, lone CR and LF end a line)."""

    def __init__(self, source: bytes):
        self.source = source
        self.encoding, _ = tokenize.detect_encoding(io.BytesIO(_LINE_END.sub(b"\n", source)).readline)
        self.bom = 3 if source.startswith(b"\xef\xbb\xbf") else 0
        self.starts = [self.bom]
        self.starts.extend(match.end() for match in _LINE_END.finditer(source))

    def line(self, lineno: int) -> bytes:
        """Bytes of a line (from 1) with its line end."""
        start = self.starts[lineno - 1]
        end = self.starts[lineno] if lineno < len(self.starts) else len(self.source)
        return self.source[start:end]

    def start_of_line(self, lineno: int) -> int:
        """Byte offset of a line (from 1); one past the last line is the end of the source."""
        return self.starts[lineno - 1] if lineno <= len(self.starts) else len(self.source)

    def at_utf8(self, lineno: int, column: int) -> int:
        """Byte offset of a column that `ast` gives: UTF-8 bytes of the decoded line."""
        prefix = self.line(lineno).decode(self._codec()).encode()[:column].decode()
        return self.start_of_line(lineno) + len(prefix.encode(self._codec()))

    def at_char(self, lineno: int, column: int) -> int:
        """Byte offset of a column that `tokenize` gives: characters of the decoded line."""
        prefix = self.line(lineno).decode(self._codec())[:column]
        return self.start_of_line(lineno) + len(prefix.encode(self._codec()))

    def span(self, node) -> list[int]:
        """Half-open byte range of an `ast` node."""
        return [self.at_utf8(node.lineno, node.col_offset), self.at_utf8(node.end_lineno, node.end_col_offset)]

    def text(self) -> str:
        """The decoded source with every line end as LF, which is what the parser reads."""
        return _LINE_END.sub(b"\n", self.source[self.bom :]).decode(self._codec())

    def tokens(self) -> list[tokenize.TokenInfo]:
        """All tokens, comments included; columns count characters."""
        return list(tokenize.generate_tokens(io.StringIO(self.text(), newline="").readline))

    def _codec(self) -> str:
        return "utf-8" if self.encoding == "utf-8-sig" else self.encoding
