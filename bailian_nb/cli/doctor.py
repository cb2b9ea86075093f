"""`doctor`: what is wrong with key, network and folders; 1 when something is."""

from __future__ import annotations

import argparse

from ..errors import spelled
from ..session import doctor
from ..session import session as sessions
from ..system.language import spoken
from ..texts.catalogue import say
from ..texts.signs import sign
from .command import Command

SIGNS = {"ok": "ok  ", "warn": "warn", "fail": "FAIL", "info": "    "}


def _doctor(given: argparse.Namespace) -> int:
    findings, colon = doctor.examine(sessions.current()), sign("colon", spoken())
    for each in findings:
        print(f"{SIGNS[each.state]}  {each.label}{colon}{spelled(each.text, 'program')}")
    print(f"{say('doctor_hosts', spoken())}{colon}".rstrip())
    for host in doctor.firewall_list():
        print(f"      {host}")
    print(f"      ({say('doctor_hosts_open', spoken())})")
    return 1 if any(each.state == "fail" for each in findings) else 0


DOCTOR = Command(name="doctor", act=_doctor)
