"""Hostile answers, one a line: what comes, how the Job ends, the line that the user reads, the journal's row.

`test_table` runs each through a Job. Unless a line says more, one create call goes out, and one picture is saved in
the end: by the Job itself where it ends "saved", else by a `resume` once answers are sane, if the row is `accepted`.
"""

from __future__ import annotations

import json

from bailian_nb.errors import (
    AccessDenied,
    AuthenticationError,
    ContentRejected,
    DownloadError,
    RequestRejected,
    SubmitUncertain,
    TaskExpired,
    TaskFailed,
)

from ..world.world import KEY
from .case import case, refused
from .meddler import (
    at_end,
    deep,
    end,
    kept,
    picture,
    png_of,
    png_with_text_bomb,
    put,
    raw,
    says,
    to,
    url,
    without_length,
    zipped,
)

HTML = "<script>alert(1)</script><img src=x onerror=alert(2)>"
ANSI = "\x1b[31mred\x1b[0m\x1b]0;owned\x07\x1b[2J\r\n"
BIDI = "abc\u202efdp.exe\u2066x\u2069"
MARKS = "**bold** [x](javascript:alert(1)) $\\href{javascript:alert(1)}{x}$ `code`"
NASTY = f"{HTML}{ANSI}{BIDI}{MARKS}\x00\ud800\x85"
MEGA = "m" * 1_000_000
PAGE = f"<html><title>Blocked &lt;b&gt;</title>{HTML}</html>"
LAUGHS = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><Error><Code>&b;</Code><Message>&b;</Message></Error>'
EXPIRED = "<Error><Code>AccessDenied</Code><Message>Request has expired.</Message></Error>"
FOUND = "found in the task list"
UNFETCHED = "no picture could be fetched"
HTTP_ONLY = "pictures are fetched over http and https only"
PRIVATE = "private address"


CREATES = (
    # A task was made, but the answer does not say so: it is not sent again, the list names the task.
    case("empty", "create", raw(), line=FOUND),
    case("cut JSON", "create", kept(lambda body: body[:30]), line=FOUND),
    case("a page", "create", raw(PAGE), line=FOUND),
    case("204", "create", raw(status=204), line=FOUND),
    case("null everywhere", "create", says({"output": None, "request_id": None, "code": None}), line=FOUND),
    case("a list for an object", "create", says([{"output": [{"task_id": "a"}]}]), line=FOUND),
    case("a task id that climbs", "create", put("output.task_id", "../../../etc/passwd"), line=FOUND),
    case("a URL for a task id", "create", put("output.task_id", "http://169.254.169.254/"), line=FOUND),
    case("escapes in the task id", "create", put("output.task_id", NASTY), line=FOUND),
    case("10000 levels", "create", raw(deep()), line=FOUND),
    case("17 MB", "create", raw(b" " * 17_000_000), line=FOUND),
    case("32 MB in 32 KB", "create", raw(zipped(32_000_000), Content_Encoding="gzip"), line=FOUND),
    case("gzip that is none", "create", kept(Content_Encoding="gzip"), line=FOUND),
    case("a code under 200", "create", says({"code": "InvalidParameter", "message": NASTY}), line=FOUND),
    case("500 with the key", "create", says({"code": "InternalError", "message": KEY}, 500), line=FOUND),
    # The answer is odd, but it names the task.
    case("GBK", "create", kept(lambda body: body.replace(b"{", "{诚".encode("gbk"), 1))),
    case("206", "create", kept(status=206)),
    case("UTF-16", "create", kept(lambda body: body.decode().encode("utf-16"))),
    case("a byte order mark", "create", kept(lambda body: b"\xef\xbb\xbf" + body)),
    case("two outputs", "create", kept(lambda body: body.replace(b"{", b'{"output":{"task_id":"x"},', 1))),
    case("text/html", "create", kept(Content_Type="text/html")),
    case("a cookie", "create", kept(Set_Cookie="a=b; Domain=emulator.bailian-nb.invalid")),
    case("nasty ids and status", "create", put("request_id", NASTY)),
    case("a nasty status", "create", put("output.task_status", [NASTY])),
    case("Infinity beside", "create", put("usage", {"a": float("inf"), "b": float("nan"), "c": -1})),
    case("a number as id", "create", put("output.task_id", 12345), TaskExpired, "not know", "accepted", pictures=0),
    # Nothing was made.
    case("599", "create", raw(status=599), SubmitUncertain, "no task of it", "uncertain", instead=True, pictures=0),
    refused(
        "302 to a script", to("javascript:alert(1)"), RequestRejected, "redirect .HTTP 302., which is not followed"
    ),
    refused("302 elsewhere", to("http://evil.example/"), RequestRejected, "redirect .HTTP 302., which is not followed"),
    refused("304", raw(status=304), RequestRejected, "redirect .HTTP 304."),
    refused("400, a page", raw(PAGE, 400), RequestRejected, "HTTP 400: Blocked"),
    refused(
        "400, all nasty", says({"code": NASTY, "message": NASTY, "request_id": NASTY}, 400), RequestRejected, "red"
    ),
    refused("400, 1 MB", says({"code": MEGA, "message": MEGA, "request_id": MEGA}, 400), RequestRejected, "mmm…"),
    refused("400, lists", says({"code": [1], "message": {"a": 1}, "request_id": 7}, 400), RequestRejected, "HTTP 400"),
    refused("400, XML that laughs", raw(LAUGHS, 400), RequestRejected, "&b;"),
    refused("401 with the key", says({"code": "InvalidApiKey", "message": KEY}, 401), AuthenticationError, "sk-"),
    refused(
        "401 with the key in escapes",
        raw('{"code":"InvalidApiKey","message":"' + "".join(f"\\u{ord(each):04x}" for each in KEY) + '"}', 401),
        AuthenticationError,
        "sk-",
    ),
    refused(
        "401 with the key in UTF-16",
        raw(json.dumps({"code": "InvalidApiKey", "message": KEY}).encode("utf-16"), 401),
        AuthenticationError,
        "sk-",
    ),
    refused("401 with the key in a header", raw(b"{}", 401, X_Request_Id=KEY), AuthenticationError, "sk-"),
    *(
        case(f"Retry-After {when}", "create", raw(status=429, Retry_After=when), times=2, instead=True, sent=3)
        for when in ("-1", "nan", "1e999", "Fri, 31 Dec 1900 23:59:59 GMT", "soon")
    ),
)

HOLLOW = "names no picture"
QUERIES = (
    # Asked again until an answer can be read.
    case("empty", "query", raw(), times=3),
    *(case(str(status), "query", raw(status=status), times=2) for status in (204, 206, 302, 304, 404, 418)),
    case("cut JSON", "query", kept(lambda body: body[:-9]), times=2),
    case("10000 levels", "query", raw(deep()), times=2),
    case("17 MB", "query", raw(b" " * 17_000_000), times=1),
    case("a list for an object", "query", says([[]]), times=2),
    case("null everywhere", "query", says({"output": {"task_status": None, "results": None}}), times=2),
    case("UTF-16", "query", kept(lambda body: body.decode().encode("utf-16"))),
    case("a word that nobody knows", "query", put("output.task_status", "DANCING"), times=3),
    case("a nasty word", "query", put("output.task_status", NASTY), times=3),
    case("the word in lower case", "query", end("output.task_status", " succeeded ")),
    case("UNKNOWN for a while", "query", put("output.task_status", "UNKNOWN"), times=2),
    case("429 for a year", "query", raw(status=429, Retry_After="31536000"), times=2),
    case("SUCCEEDED before its results", "query", end("output.results", None), times=2),
    case("SUCCEEDED with empty places", "query", end("output.results", [None]), times=2),
    # The picture is there, whatever stands beside it.
    case("one result that is no list", "query", end("output.results", lambda found: found[0])),
    case("another task's id", "query", put("output.task_id", "0385dc79-5ff8-4d82-bcb6-0000000000ff")),
    case("the same picture five times", "query", end("output.results", lambda found: found * 5), pictures=5),
    case("times that are none", "query", end("output.submit_time", {"a": [NASTY]})),
    case("a nasty prompt", "query", end("output.results.0.actual_prompt", NASTY)),
    case("a prompt of 1 MB", "query", end("output.results.0.actual_prompt", MEGA)),
    case("a list as prompt", "query", end("output.results.0.actual_prompt", [NASTY])),
    case("a nasty request id", "query", end("request_id", NASTY * 2000)),
    case("nasty usage", "query", end("usage", {NASTY: {NASTY: [NASTY, float("inf")]}, "size": NASTY})),
    *(
        case(f"image_count {str(count)[:12]}", "query", end("usage", {"image_count": count}))
        for count in ("3", -1, 0.5, float("nan"), float("inf"), 10**9, 10**400, None, [1], True)
    ),
    case("usage as text", "query", end("usage", NASTY)),
    case(
        "a slot that failed, nasty",
        "query",
        at_end(put("output.results", lambda found: [*found, {"code": NASTY, "message": NASTY * 99}])),
        line="red",
    ),
    # It says that there is none.
    case("SUCCEEDED without results", "query", end("output.results", []), DownloadError, HOLLOW, "accepted"),
    case("SUCCEEDED with nothing in it", "query", end("output.results", [{}]), DownloadError, HOLLOW, "accepted"),
    case(
        "FAILED, all nasty",
        "query",
        says({"output": {"task_status": "FAILED", "code": NASTY, "message": NASTY}, "request_id": NASTY}),
        TaskFailed,
        "red",
        "failed",
        pictures=0,
    ),
    case(
        "FAILED, numbers",
        "query",
        says({"output": {"task_status": "FAILED", "code": 7, "message": [1]}}),
        TaskFailed,
        "7",
        "failed",
        pictures=0,
    ),
    case(
        "FAILED, known code, 1 MB",
        "query",
        says({"output": {"task_status": "failed", "code": "DataInspectionFailed", "message": MEGA}}),
        ContentRejected,
        "mmm…",
        "failed",
        pictures=0,
    ),
    # Asking is refused: the task is open.
    case("403", "query", says({"code": "AccessDenied", "message": NASTY}, 403), AccessDenied, "red", "accepted"),
    case(
        "401 with the key",
        "query",
        says({"code": "InvalidApiKey", "message": KEY}, 401),
        AuthenticationError,
        "sk-",
        "accepted",
    ),
    case("UNKNOWN", "query", put("output.task_status", "UNKNOWN"), TaskExpired, "does not know", "accepted"),
)

URLS = (
    *(
        case(f"picture at {place[:40]!r}", "query", url(place), DownloadError, line, "accepted")
        for place, line in (
            ("file:///etc/passwd", HTTP_ONLY),
            ("data:image/png;base64,iVBORw0KGgo=", HTTP_ONLY),
            ("javascript:alert(1)", HTTP_ONLY),
            ("ftp://emulator.bailian-nb.invalid/a.png", HTTP_ONLY),
            ("//emulator.bailian-nb.invalid/a.png", HTTP_ONLY),
            ("../../../etc/passwd", HTTP_ONLY),
            (f"http://{HTML}/", UNFETCHED),
            ("http://user:hush@emulator.bailian-nb.invalid/a.png", "names a user"),
            ("http://169.254.169.254/latest/meta-data/", PRIVATE),
            ("http://100.100.100.200/latest/meta-data/", PRIVATE),
            ("http://localhost:8888/api", PRIVATE),
            ("http://[::ffff:127.0.0.1]/", PRIVATE),
            ("http://10.0.0.7/", PRIVATE),
            ("http://[bad/", HTTP_ONLY),
            ("http://h:99999999/", UNFETCHED),
            ("http://pictures.example/\r\nX-Evil: 1", UNFETCHED),
            (f"http://pictures.example/{NASTY}", UNFETCHED),
            (f"http://pictures.example/{'a' * 1_000_000}", UNFETCHED),
            ("http://emulator.bailian-nb.invalid/results/../../../etc/passwd", "HTTP 404"),
            (f"http://{KEY}.example/{KEY}", UNFETCHED),
        )
    ),
    case("nothing as URL", "query", url(["", None, {}]), DownloadError, HOLLOW, "accepted"),
    case(
        "picture on a foreign host, http",
        "query",
        url(lambda real: real.replace("emulator.bailian-nb.invalid", "pictures.example")),
        line="came from pictures.example, a host that the documents do not name",
    ),
)

BAD = "cannot be saved as a picture"
DOWNLOADS = (
    case("redirects without end", "download", to("/results/a.png"), DownloadError, "more than 5", "accepted"),
    *(
        case(f"redirect to {place}", "download", to(place, status), DownloadError, line, "accepted")
        for place, status, line in (
            ("http://169.254.169.254/latest/meta-data/", 302, "sent us on to 169.254.169.254"),
            ("http://127.0.0.1:8888/", 307, "sent us on to 127.0.0.1"),
            ("http://pictures.example/a.png", 301, "sent us on to pictures.example"),
            ("file:///etc/passwd", 308, HTTP_ONLY),
            ("data:image/png;base64,iVBORw0KGgo=", 303, HTTP_ONLY),
            ("javascript:alert(1)", 302, HTTP_ONLY),
            ("//[bad", 302, HTTP_ONLY),
        )
    ),
    case("5 GB", "download", raw(b"x", Content_Length="5368709120"), DownloadError, "5368709120 bytes", "accepted"),
    case("no length", "download", without_length),
    case("cut", "download", kept(lambda body: body[:-99]), times=2),
    case("length of another file", "download", kept(Content_Length="99999"), times=2),
    case("empty", "download", raw(), times=2),
    case("text/html", "download", kept(Content_Type="text/html")),
    case("a name that climbs", "download", kept(Content_Disposition='attachment; filename="../../../evil.sh"')),
    case("a cookie", "download", kept(Set_Cookie="a=b")),
    case("500, a page", "download", raw(PAGE, 500), times=2),
    *(
        case(name, "download", raw(data), DownloadError, line, "accepted")
        for name, data, line in (
            ("SVG", f'<svg xmlns="http://www.w3.org/2000/svg">{HTML}</svg>', f"{BAD}: SVG"),
            ("HTML", PAGE, f"{BAD}: an HTML page"),
            ("a script", "#!/bin/sh\nrm -rf /", f"{BAD}: text"),
            ("JSON", '{"a": 1}', f"{BAD}: JSON"),
            ("PDF", b"%PDF-1.7\n", f"{BAD}: a PDF"),
            ("a PNG of 3600 million pixels", png_of(60_000, 60_000), "60000x60000 pixels are more"),
            ("a PNG of no size", png_of(0, 0), BAD),
            ("a PNG whose text swells", png_with_text_bomb(), BAD),
            ("a PNG's head", picture("PNG")[:40], BAD),
        )
    ),
    case("PNG and HTML", "download", raw(picture("PNG", PAGE.encode()))),
    case("JPEG and a script", "download", raw(picture("JPEG", PAGE.encode()))),
    case("GIF and a script", "download", raw(picture("GIF", b"=1;alert(1)//"), Content_Type="text/javascript")),
    *(
        case(str(status), "download", raw(body, status), DownloadError, line, "accepted")
        for status, body, line in (
            (204, "", "HTTP 204"),
            (206, "part", "HTTP 206"),
            (304, "", "HTTP 304"),
            (401, PAGE, "HTTP 401"),
            (403, EXPIRED, "has expired"),
            (404, LAUGHS, "HTTP 404"),
            (410, f"<Error><Code>{NASTY}</Code><Message>".encode("utf-8", "replace").decode(), "HTTP 410"),
        )
    ),
)

ROW = {"task_id": "../../etc", "gmt_create": float("nan"), "status": [], "model_name": NASTY, "api_key_id": 7}
LISTS = (
    case("500", "list", raw(PAGE, 500), times=2, line=FOUND),
    case("null everywhere", "list", says({"data": None, "total": None}), times=2, line=FOUND),
    case("a list for an object", "list", says([]), times=2, line=FOUND),
    case("10000 levels", "list", raw(deep()), times=2, line=FOUND),
    case("rows that are none", "list", put("data", lambda rows: [None, 7, [], ROW, *rows, *rows]), line=FOUND),
    case("numbers that are none", "list", put("total", 10**19), line=FOUND),
    case("pages without end", "list", put("total_page", 10**9), line=FOUND),
    case(
        "a page of almost nothing",
        "list",
        says({"data": [{}], "total": 10**19, "page_size": 1e-300}),
        SubmitUncertain,
        "no task of it",
        "uncertain",
    ),
    case("times as text", "list", put("data.0.gmt_create", "9" * 29), SubmitUncertain, "no task", "uncertain"),
    case("always a page", "list", raw(PAGE, 502), SubmitUncertain, "task list cannot be read", "uncertain"),
    case(
        "401",
        "list",
        says({"code": "InvalidApiKey", "message": KEY}, 401),
        SubmitUncertain,
        "cannot be read",
        "uncertain",
    ),
)

CASES = (*CREATES, *QUERIES, *URLS, *DOWNLOADS, *LISTS)
