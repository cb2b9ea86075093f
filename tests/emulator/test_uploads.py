"""Temporary uploads: a permit, a form, a file that its own account and model alone can use, for 48 hours."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import pytest
from PIL import Image

from bailian_nb.specs import service

RESOLVE = {"X-DashScope-OssResourceResolve": "enable"}


def permit(bench: Any, model: str = "wanx2.1-imageedit") -> dict[str, Any]:
    answer = bench.ask("GET", "/uploads", params={"action": "getPolicy", "model": model})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["data"]
    return found


def fields(given: dict[str, Any], name: str = "cat.png", **changes: str) -> dict[str, str]:
    return {
        "OSSAccessKeyId": given["oss_access_key_id"],
        "Signature": given["signature"],
        "policy": given["policy"],
        "x-oss-object-acl": given["x_oss_object_acl"],
        "x-oss-forbid-overwrite": given["x_oss_forbid_overwrite"],
        "key": f"{given['upload_dir']}/{name}",
        "success_action_status": "200",
        **changes,
    }


def put(bench: Any, given: dict[str, Any], form: dict[str, str], data: bytes | None = None, **more: Any) -> Any:
    file = {"file": ("cat.png", png(bench) if data is None else data, "image/png")}
    return bench.ask("POST", given["upload_host"], key=None, data=form, files=file, **more)


def png(bench: Any) -> bytes:
    file = io.BytesIO()
    bench.photo().save(file, "PNG", compress_level=1)
    return file.getvalue()


def edited(bench: Any, address: str, **more: Any) -> dict[str, Any]:
    body = bench.edit_body("description_edit", "red", base=address)
    answer: dict[str, Any] = bench.finish(bench.submit(bench.EDIT, body, headers=RESOLVE, **more))["output"]
    return answer


def xml(answer: Any, status: int, code: str, part: str = "") -> None:
    assert answer.status_code == status, answer.text
    assert f"<Code>{code}</Code>" in answer.text
    assert part in answer.text


def test_a_permit_has_the_documented_fields(bench: Any) -> None:
    assert set(permit(bench)) == {
        "policy",
        "signature",
        "upload_dir",
        "upload_host",
        "expire_in_seconds",
        "max_file_size_mb",
        "capacity_limit_mb",
        "oss_access_key_id",
        "x_oss_object_acl",
        "x_oss_forbid_overwrite",
    }
    refused = bench.ask("GET", "/uploads", params={"action": "getPolicy", "model": "m"}, key=None)
    assert (refused.status_code, refused.json()["code"]) == (401, "InvalidApiKey")
    assert bench.ask("GET", "/uploads", params={"action": "other", "model": "m"}).status_code == 400


def test_an_uploaded_picture_is_edited_as_if_it_had_come_along(bench: Any) -> None:
    given = permit(bench)
    answer = put(bench, given, fields(given))
    assert (answer.status_code, answer.content) == (200, b"")
    address = f"oss://{given['upload_dir']}/cat.png"
    (url,) = [result["url"] for result in edited(bench, address)["results"]]
    by_upload = bench.opened(bench.ask("GET", url, key=None).content)
    (data,) = bench.pictures(bench.edit("description_edit", "red"))
    assert by_upload.tobytes() == bench.opened(data).tobytes()


def test_without_the_resolve_header_the_file_is_not_found(bench: Any) -> None:
    given = permit(bench)
    put(bench, given, fields(given))
    address = f"oss://{given['upload_dir']}/cat.png"
    assert bench.finish(bench.edit("description_edit", base=address))["output"]["task_status"] == "FAILED"


def test_an_upload_is_bound_to_its_model_and_to_its_key(bench: Any) -> None:
    given = permit(bench, "wan2.5-i2i-preview")
    put(bench, given, fields(given))
    address = f"oss://{given['upload_dir']}/cat.png"
    assert edited(bench, address)["code"] == "BadRequest.InputDownloadFailed"
    mine = permit(bench)
    put(bench, mine, fields(mine))
    address = f"oss://{mine['upload_dir']}/cat.png"
    assert edited(bench, address)["task_status"] == "SUCCEEDED"
    bench.key = "sk-test-0002"
    assert edited(bench, address)["code"] == "BadRequest.InputDownloadFailed"


def test_an_upload_is_gone_after_48_hours(bench: Any) -> None:
    given = permit(bench)
    put(bench, given, fields(given))
    address = f"oss://{given['upload_dir']}/cat.png"
    bench.wait(47.9 * 3600)
    assert edited(bench, address)["task_status"] == "SUCCEEDED"
    bench.wait(0.2 * 3600)
    assert edited(bench, address)["code"] == "BadRequest.InputDownloadFailed"
    assert list((bench.home / "emulator" / "uploads").iterdir()) == []


def test_a_permit_runs_out(bench: Any) -> None:
    given = permit(bench)
    bench.wait(int(given["expire_in_seconds"]))
    xml(put(bench, given, fields(given)), 403, "AccessDenied", "Policy expired")


def test_a_key_that_is_there_is_not_overwritten(bench: Any) -> None:
    given = permit(bench)
    assert put(bench, given, fields(given)).status_code == 200
    xml(put(bench, given, fields(given)), 409, "FileAlreadyExists")
    assert put(bench, given, fields(given, "other.png")).status_code == 200


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"Signature": "x"}, 403, "SignatureDoesNotMatch"),
        ({"OSSAccessKeyId": "LTAI"}, 403, "InvalidAccessKeyId"),
        ({"policy": base64.b64encode(json.dumps({"expires": 9e9}).encode()).decode()}, 403, "SignatureDoesNotMatch"),
        ({"key": "somewhere/else.png"}, 403, "AccessDenied"),
        ({"key": ""}, 400, "InvalidArgument"),
    ],
)
def test_a_form_that_is_not_what_was_permitted_is_refused(
    bench: Any, changes: dict[str, str], status: int, code: str
) -> None:
    given = permit(bench)
    xml(put(bench, given, fields(given, **changes)), status, code)
    assert bench.log()["counters"]["uploads_refused"] == 1


def test_the_store_takes_no_key_and_wants_a_file(bench: Any) -> None:
    given = permit(bench)
    xml(put(bench, given, fields(given), headers={"Authorization": "Bearer sk-test-0001"}), 400, "InvalidArgument")
    xml(bench.ask("POST", given["upload_host"], key=None, data=fields(given)), 400, "InvalidArgument")
    assert put(bench, given, fields(given, success_action_status="204")).status_code == 204


def test_a_mask_may_be_uploaded_too(bench: Any) -> None:
    given = permit(bench)
    mask = Image.new("L", (640, 512))
    mask.paste(255, (200, 100, 400, 300))
    file = io.BytesIO()
    mask.save(file, "PNG")
    put(bench, given, fields(given, "base.png"))
    put(bench, given, fields(given, "mask.png"), file.getvalue())
    base, white = (f"oss://{given['upload_dir']}/{name}.png" for name in ("base", "mask"))
    body = bench.edit_body("description_edit_with_mask", "a hat", base=base, mask=white)
    answer = bench.finish(bench.submit(bench.EDIT, body, headers=RESOLVE))
    assert answer["output"]["task_status"] == "SUCCEEDED"


@pytest.mark.seldom
def test_permits_have_a_rate_of_their_own_for_each_model(make_bench: Any) -> None:
    bench = make_bench(limits=True)
    for _ in range(service.PERMITS_PER_SECOND):
        permit(bench)
    answer = bench.ask("GET", "/uploads", params={"action": "getPolicy", "model": "wanx2.1-imageedit"})
    assert (answer.status_code, answer.json()["code"]) == (429, "Throttling.RateQuota")
    permit(bench, "wan2.6-image")
    bench.wait(1.1)
    permit(bench)
