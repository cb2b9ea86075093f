"""The key server as an ASGI app: `POST /keys` with a user's token gives a temporary key, `GET /health` says it is up.

`serve` puts it on a port. A token is taken from the Authorization header alone, and no answer may be kept on the way.
"""

from __future__ import annotations

import math
import re

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..config import Secret
from ..errors import BailianError, Throttled
from ..system.language import sentence
from .minting import Minting, Pace
from .users import Users

BAD_TRIES = 60
"""Unknown tokens a minute from one address, after which no other than those that were good before is looked at: behind
a hub's proxy all users have one address, and none of them may shut the others out."""
_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_BEARER = re.compile(r"(?:Bearer|token)\s+([\x21-\x7e]{8,4096})", re.IGNORECASE)


def create_app(users: Users, minting: Minting, *, prefix: str = "/") -> Starlette:
    """Return the app; it holds no state but what `users` and `minting` have.

    `prefix` is what a hub's proxy leaves before the path.
    """
    tries = Pace(BAD_TRIES, minting.now)

    async def keys(request: Request) -> Response:
        peer = request.client.host if request.client else ""
        late, token = tries.wait(peer), _token(request)
        try:
            if late > 0 and not (token and users.knows(token)):
                return _refused(429, sentence("too many unknown tokens came from this address"), late)
            user = await users.who(token) if token else ""
            if not user:
                tries.count(peer)
                return _refused(401, sentence("this key server does not know the token"))
            minted = await minting.key_for(user)
        except Throttled as error:
            return _refused(429, error.message, error.retry_after or 1.0)
        except BailianError as error:
            return _refused(503, error.message)
        left = minted.ends - minting.now()
        answer = {
            "token": minted.key.reveal(),
            "expires_at": int(minted.ends),
            "expires_in": max(0, math.floor(left)),
            "account": minting.account,
            "team": minting.team,
            "user": user,
        }
        return JSONResponse(answer, headers=_NO_STORE)

    async def health(request: Request) -> Response:
        return JSONResponse({"up": True}, headers=_NO_STORE)

    found = []
    for before in dict.fromkeys(("", prefix.rstrip("/"))):
        found.append(Route(f"{before}/keys", keys, methods=["POST"]))
        found.append(Route(f"{before}/health", health, methods=["GET"]))
    app = Starlette(routes=found)
    app.router.redirect_slashes = False  # nothing with a token is sent on to where a request's own Host says
    return app


def _token(request: Request) -> Secret:
    found = _BEARER.fullmatch(request.headers.get("authorization", "").strip())
    return Secret(found[1] if found else "")


def _refused(status: int, why: str, late: float = 0.0) -> Response:
    more = {"Retry-After": str(math.ceil(late))} if late else {}
    return JSONResponse({"error": why}, status, headers={**_NO_STORE, **more})
