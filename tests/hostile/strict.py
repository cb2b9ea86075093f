"""A service on loopback that is as strict as a test of secrets needs: one key, no limits, each task done at once."""

from __future__ import annotations

import io
import json
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from PIL import Image


def _png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (16, 16), "tan").save(file, "PNG")
    return file.getvalue()


PICTURE = _png()


class Strict:
    """Answers create, query and list calls that carry the key, and downloads that do not; `creates` counts."""

    def __init__(self, key: str) -> None:
        self.creates = 0
        self.refused: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.answer(self, key)

            do_POST = do_GET  # noqa: N815  # the library's name

            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def base_url(self) -> str:
        return f"{self.origin}/api/v1"

    def answer(self, call: BaseHTTPRequestHandler, key: str) -> None:
        call.rfile.read(int(call.headers.get("Content-Length") or 0))
        given = call.headers.get("Authorization")
        if call.path.startswith("/x.png"):
            self._say(call, PICTURE if given is None else b"", 200 if given is None else 400)
            return
        if not call.path.startswith("/api/v1/"):
            self._say(call, b"", 404)
        elif given != f"Bearer {key}":
            self.refused.append(call.path)
            self._say(call, {"code": "InvalidApiKey", "message": f"not {given}", "request_id": "r"}, 401)
        elif "/services/" in call.path:
            self.creates += 1
            self._say(call, {"output": {"task_id": str(uuid.uuid4()), "task_status": "PENDING"}, "request_id": "r"})
        elif call.path.partition("?")[0].endswith("/tasks"):
            self._say(call, {"total": 0, "data": [], "total_page": 1, "page_no": 1, "page_size": 10, "request_id": "r"})
        else:
            output = {"task_id": call.path.rpartition("/")[2], "task_status": "SUCCEEDED"}
            output["results"] = [{"url": f"{self.origin}/x.png?Signature=s"}]  # type: ignore[assignment]
            self._say(call, {"output": output, "usage": {"image_count": 1}, "request_id": "r"})

    def _say(self, call: BaseHTTPRequestHandler, what: bytes | dict[str, Any], status: int = 200) -> None:
        body = what if isinstance(what, bytes) else json.dumps(what).encode()
        call.send_response(status)
        call.send_header("Content-Length", str(len(body)))
        call.end_headers()
        call.wfile.write(body)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
