"""A loop that can be pumped from inside one of its own callbacks, tried before `loops` trusts it with the user's.

nest-asyncio belongs here alone: the kernel's own loop and the runner's are never patched.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable

log = logging.getLogger("bailian_nb")


def new_reentrant_loop() -> tuple[asyncio.AbstractEventLoop, bool]:
    """Return a loop and whether it can be pumped from inside one of its own callbacks.

    `nest_asyncio._patch_loop` patches the class of the loop that it is given, so a class made for the purpose keeps
    every other loop of the process as it was. nest-asyncio 1.6.0 is its last release; where it fails (tried on a
    loop of its own) a plain loop is returned.
    """
    import nest_asyncio

    def patched() -> asyncio.AbstractEventLoop:
        kind = type("ReentrantLoop", (asyncio.SelectorEventLoop,), {})
        loop: asyncio.AbstractEventLoop = kind()
        nest_asyncio._patch_loop(loop)  # type: ignore[no-untyped-call]
        return loop

    return (patched(), True) if _nests(patched) else (asyncio.new_event_loop(), False)


def _nests(make: Callable[[], asyncio.AbstractEventLoop]) -> bool:
    """Try it: a callback waits for a timer while another callback runs."""
    seen: list[str] = []
    passed = False

    def attempt() -> None:
        nonlocal passed
        loop = make()
        try:

            def outer() -> None:
                loop.call_soon(seen.append, "other")
                loop.run_until_complete(asyncio.sleep(0.001))
                seen.append("outer")
                loop.stop()

            loop.call_soon(outer)
            loop.run_forever()
            passed = seen == ["other", "outer"]
        except Exception as error:  # noqa: BLE001  # any failure means "no", and the reason is worth a debug line
            log.debug("nest-asyncio does not work here: %r", error)
        finally:
            loop.close()

    thread = threading.Thread(target=attempt, name="bailian_nb-selftest", daemon=True)
    thread.start()
    thread.join(2.0)
    return passed
