"""A file system over a network, as WebHDFS has it, so that Hadoop's own client can be tried."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

PREFIX = "/webhdfs/v1"


@contextmanager
def serve_folder(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Serve a folder on this machine; yield its address for Spark and what was asked of it."""
    asked: list[str] = []
    handler = type("Handler", (_Handler,), {"folder": folder, "asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"webhdfs://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()


class _Handler(BaseHTTPRequestHandler):
    """Answers what a client asks to list a folder and to read files from any place on."""

    folder: ClassVar[Path]
    asked: ClassVar[list[str]]

    def do_GET(self) -> None:
        """Answer one question: the operation stands in the query, the path behind the prefix."""
        parts = urlsplit(self.path)
        query = {name.lower(): value[0] for name, value in parse_qs(parts.query).items()}
        path = self.folder / unquote(parts.path).removeprefix(PREFIX).strip("/")
        operation = query["op"]
        self.asked.append(operation)
        if not path.exists():
            missing = {"exception": "FileNotFoundException", "message": f"no {path.name}",
                       "javaClassName": "java.io.FileNotFoundException"}  # fmt: skip
            self._send(404, {"RemoteException": missing})
        elif operation == "GETFILESTATUS":
            self._send(200, {"FileStatus": _describe(path, "")})
        elif operation == "LISTSTATUS":
            inside = sorted(path.iterdir()) if path.is_dir() else [path]
            found = [_describe(one, one.name if path.is_dir() else "") for one in inside]
            self._send(200, {"FileStatuses": {"FileStatus": found}})
        elif "data" not in query:
            # The names are kept by one server, and the bytes by others, to which it points.
            self.send_response(307)
            host, port = self.server.server_address[:2]
            self.send_header("Location", f"http://{host}:{port}{self.path}&data=1")
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            start = int(query.get("offset", 0))
            content = path.read_bytes()[start:]
            self._send(200, content[: int(query.get("length", len(content)))])

    def _send(self, status: int, told: dict[str, object] | bytes) -> None:
        content = told if isinstance(told, bytes) else json.dumps(told).encode()
        self.send_response(status)
        # Without a type, which Spark's copy of the client lacks the means to read.
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing of what was asked."""


def _describe(path: Path, name: str) -> dict[str, object]:
    is_file = path.is_file()
    return {
        "pathSuffix": name, "type": "FILE" if is_file else "DIRECTORY",
        "length": path.stat().st_size if is_file else 0, "blockSize": 1 << 27, "replication": 1,
        "owner": "someone", "group": "all", "permission": "644", "accessTime": 0,
        "modificationTime": 0,
    }  # fmt: skip
