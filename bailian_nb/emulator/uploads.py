"""Temporary uploads: permits, the store's form, and the files, each bound to an account and a model for 48 hours.

`app` answers with these; `inputs` asks for a file when a request names its `oss://` address. The store answers as an
object store does: nothing when all is well, XML when not.

Source: "get temporary file URL", stored 2026-11-21; the store's own codes are those of Alibaba Cloud OSS.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from ..specs import service
from .inputs import write
from .results import ResultRefused
from .tasks import Store

PATH = "/oss"
KEY_ID = "EMULATOR"
KEPT = float(service.UPLOADS_KEPT_SECONDS)
PERMIT_SECONDS = 300
MAX_MEGABYTES = 100
_ROOT = "dashscope-instant"
_FIELDS = ("OSSAccessKeyId", "Signature", "policy", "key")


class Uploads:
    """The uploads of one home."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def permit(self, account: str, model: str, origin: str, now: float) -> dict[str, Any]:
        """Return the `data` of a permit to put files into a folder of its own."""
        day = datetime.fromtimestamp(now, UTC)
        folder = f"{_ROOT}/{self._owner(account, model)}/{day:%Y-%m-%d}/{uuid.uuid4()}"
        conditions = [["content-length-range", 0, MAX_MEGABYTES * 1024 * 1024], ["starts-with", "$key", folder]]
        policy = {"expires": now + PERMIT_SECONDS, "conditions": conditions}
        encoded = base64.b64encode(json.dumps(policy).encode()).decode()
        return {
            "policy": encoded,
            "signature": self._sign(encoded),
            "upload_dir": folder,
            "upload_host": f"{origin}{PATH}",
            "expire_in_seconds": str(PERMIT_SECONDS),
            "max_file_size_mb": str(MAX_MEGABYTES),
            "capacity_limit_mb": "999999999",
            "oss_access_key_id": KEY_ID,
            "x_oss_object_acl": "private",
            "x_oss_forbid_overwrite": "true",
        }

    def receive(self, fields: dict[str, str], names: Iterable[str], data: bytes | None, now: float) -> int:
        """Keep one file and return the HTTP status; `names` are the form's fields in the order in which they came.

        Raises
        ------
        ResultRefused
            As the store would.
        """
        missing = [name for name in _FIELDS if not fields.get(name)]
        if missing or data is None or list(names)[-1] != "file":
            what = f"missing field {missing[0]}" if missing else "the file must be there, as the last field"
            raise ResultRefused(400, "InvalidArgument", f"POST form: {what}.")
        if fields["OSSAccessKeyId"] != KEY_ID:
            raise ResultRefused(403, "InvalidAccessKeyId", "The OSS Access Key Id you provided does not exist.")
        if not hmac.compare_digest(self._sign(fields["policy"]), fields["Signature"]):
            raise ResultRefused(403, "SignatureDoesNotMatch", "The request signature we calculated does not match.")
        policy, key = json.loads(base64.b64decode(fields["policy"])), fields["key"]
        if now >= policy["expires"]:
            raise ResultRefused(403, "AccessDenied", "Invalid according to Policy: Policy expired.")
        (_, _, largest), (_, _, folder) = policy["conditions"]
        if not key.startswith(f"{folder}/"):
            raise ResultRefused(
                403, "AccessDenied", 'Invalid according to Policy: Policy Condition failed: ["starts-with", "$key"].'
            )
        if len(data) > largest:
            raise ResultRefused(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size.")
        name = hashlib.sha256(key.encode()).hexdigest()
        keep = fields.get("x-oss-forbid-overwrite", "").lower() == "true"
        if not self._store.add_upload(key, name, now, overwrite=not keep):
            raise ResultRefused(
                409, "FileAlreadyExists", "The object you specified already exists and can not be overwritten."
            )
        self._path(name).unlink(missing_ok=True)
        write(self._path(name), data)
        return 200 if fields.get("success_action_status") == "200" else 204

    def own(self, url: str, account: str, model: str, now: float) -> bytes | None:
        """Return the bytes of an upload, ``b""`` where it may not be read, None for an address that is none of ours."""
        key = url.removeprefix("oss://")
        if not key.startswith(f"{_ROOT}/"):
            return None
        found = self._store.upload(key)
        if found is None or now - found[1] >= KEPT or key.split("/")[1] != self._owner(account, model):
            return b""
        path = self._path(found[0])
        return path.read_bytes() if path.exists() else b""

    def drop_expired(self, now: float) -> None:
        """Delete the files that nobody can read any more."""
        for name in self._store.old_uploads(now - KEPT):
            self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Any:
        return self._store.folder / "uploads" / name

    def _owner(self, account: str, model: str) -> str:
        return hmac.new(self._store.salt, f"{account}|{model}".encode(), hashlib.sha256).hexdigest()[:32]

    def _sign(self, policy: str) -> str:
        return base64.b64encode(hmac.new(self._store.salt, policy.encode(), hashlib.sha1).digest()).decode()
