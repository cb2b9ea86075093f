"""Session: wires settings, clients, runner, journal and gallery once, and offers what users call.

There is one for each BAILIAN_NB_HOME and process, made at the first call. The functions of `api`, magics, widgets
and the command line stand on it.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from .. import config, specs
from ..accounts.account import Account
from ..accounts.registry import Accounts
from ..client import Call, curl_line, encode
from ..config import Settings, Target
from ..errors import BailianError, BudgetExceeded, InvalidRequest
from ..gallery import Index
from ..jobs.job import Job
from ..jobs.result import Result
from ..jobs.resume import resume_rows
from ..jobs.runner import Runner
from ..jobs.save import Saver
from ..jobs.shutdown import hang_up
from ..jobs.wanted import Wanted
from ..money import report
from ..money.budget import Budget, above_limit, check_budget
from ..money.ledger import job_of
from ..planning import plan as planning
from ..planning.plan import Plan
from ..store.folders import day_folders
from ..store.journal import Journal
from ..store.row import Row
from ..store.schema import journal_path
from ..system.clock import Clock, SystemClock
from ..system.language import mark, sentence
from ..system.loops import CallbackLoop, Callbacks, LoopThread, at_exit, wait
from . import cache, front, lost_journal, prefetch
from .listed import Listed
from .other_keys import SECONDS, not_ours, taken_over

log = logging.getLogger("bailian_nb")
_IDS = "0123456789abcdefghjkmnpqrstvwxyz"
NETWORK = mark(
    "BAILIAN_NB_HOME (%s) is on a network file system (%s), whose locks may fail: set a folder of a local disk"
)
_lock = threading.RLock()
_sessions: dict[Path, Session] = {}

LAST_WAIT = 2.0
"""Seconds that create calls in flight get when the process ends; a kernel that is restarted is killed after 2.5."""
new_clock: Callable[[], Clock] = SystemClock
"""Makes the clock of a session that is given none; who must not wait for the emulator puts another here."""


if hasattr(os, "register_at_fork"):  # another thread of the parent may have held the lock, and is not here to let go
    os.register_at_fork(after_in_child=lambda: globals().update(_lock=threading.RLock()))


def current() -> Session:
    """Return the session of this process and BAILIAN_NB_HOME."""
    home = config.home().absolute()
    with _lock:
        session = _sessions.get(home)
        if session is None or session.process != os.getpid():
            session = _sessions[home] = Session(home)
            _close_at_exit()
        return session


def detach() -> list[Session]:
    """Let go of the sessions of this process and return them: they go on, and the next call makes a new one."""
    with _lock:
        sessions = list(_sessions.values())
        _sessions.clear()
    return sessions


def close_all() -> None:
    """Close every session of this process; the next call makes a new one."""
    for session in detach():
        session.close()


@functools.cache
def _close_at_exit() -> None:
    at_exit(close_all)


class Session(Listed):
    """Everything that lives as long as the process; see the module."""

    def __init__(self, home: Path, *, clock: Clock | None = None) -> None:
        super().__init__()
        self.home = home
        self.process = os.getpid()
        self.clock = clock or new_clock()
        self._index = Index(home, actions=front.Delegate(), folders=self._day_folders)
        self._loop = LoopThread("bailian_nb-runner")
        self._callback_loop = CallbackLoop()
        self._callbacks = Callbacks(self._callback_loop)
        self._accounts = Accounts(home, self.clock, kernel=self._kernel)
        self._journal: Journal | None = None
        self._runner: Runner | None = None
        self._told: set[str] = set()
        self.on_close: set[Callable[[], object]] = set()
        """Called first when the session closes: who sends by itself stops."""

    def settings(self, **overrides: Any) -> Settings:
        """Return the settings that hold for a call made now."""
        given = {name: value for name, value in overrides.items() if value is not None}
        return config.load({**front.here.overrides, **given})

    def target(self, settings: Settings) -> Target:
        """Decide between emulator and service, and where the service is; no key is needed to know."""
        return self._accounts.detect_emulator(config.target(settings, interactive=front.here.interactive()))

    def account(self, target: Target, settings: Settings) -> Account:
        """Return the account of the key that is configured now; see `Accounts.get` for what it refuses."""
        return self._accounts.get(target, settings)

    def plan(
        self,
        *,
        model: str,
        function: str | None = None,
        values: Mapping[str, Any],
        images: tuple[Any, ...] = (),
        out_dir: str | os.PathLike[str] | None = None,
        embed: bool | None = None,
        notes: Sequence[str] = (),
        a1111: bool | None = None,
        **more: Any,
    ) -> Plan:
        """Check a call without sending it; see `plan.make` for the rest of the arguments."""
        if out_dir is not None and not isinstance(out_dir, str | os.PathLike):
            raise InvalidRequest(sentence("out_dir is the path of a folder, got {out_dir!r}", out_dir=out_dir))
        folder = None if out_dir is None else os.fspath(out_dir)
        settings = self.settings(out_dir=folder, embed=embed, a1111=a1111 or None)
        planning.embedded(settings, a1111)
        misspelt = [line for line in config.misspelt(money=True) if line not in self._told]
        self._told.update(misspelt)
        return planning.make(
            settings,
            config.out_dir(settings).absolute(),
            model=model,
            function=function,
            values=values,
            images=images,
            region=settings.region,
            today=specs.day(self.clock.now()),
            notes=[*notes, *misspelt],
            **more,
        )

    def send(
        self,
        plan: Plan,
        *,
        max_cost: float | None = None,
        job: Job | None = None,
        instead: Callable[[], Job | None] | None = None,
    ) -> Job:
        """Send a Plan and return its Job at once; a cache hit returns a Job that has ended already.

        `job` is one that was made for this Plan before (a HeldJob). Another is returned where that does the same
        already. `instead` is asked where it does not: a Job that it gives is returned, and nothing is sent.

        Raises
        ------
        BudgetExceeded
            When the estimate passes `max_cost` (or the setting of that name), see `Plan.check_budget`; nothing is sent.
        SubmitUncertain
            When the same request was sent before and may have made a task that is not found; nothing is sent.
        """
        target = self.target(plan.settings)
        account, began = self.account(target, plan.settings), self.clock.now()
        with self.exclusively(), cache.faults_worded():  # or two threads with the same request both find nothing
            asked = functools.partial(self._ask_first, plan, account, max_cost, confirmed=instead is None)
            caps = functools.partial(check_budget, self.home, account, plan, clock=self.clock, max_cost=max_cost)

            def wanted(found: Job) -> Job:  # it may look for a task that was never made
                def ask() -> Budget:
                    asked()
                    return caps((), now=False)

                if plan.request is not None and not found.final:
                    found.wanted = Wanted(request=plan.request, cost=plan.cost, ask=ask)
                return found

            if (known := self.known(plan, job)) is not None:
                return wanted(known)
            if (unsettled := cache.unsettled(self, plan, account)) is not None:
                return wanted(unsettled)
            free = cache.followed(self, plan, account)
            if not free and instead is not None and (held := instead()) is not None:
                return held
            if not free:
                plan.check_budget(max_cost)
                if plan.cache and (self._written or self._index.path.exists()):
                    lost_journal.check(self.journal, self._index, self._loop, account, plan.model.name, self.clock)
            jobs = () if free else self.jobs()
            budget = caps(jobs, now=not free)
            config.check_writable(plan.folder)
            whole = prefetch.ahead(plan, account.client)
            unsent = cache.unsent(self, plan, account)
            job = self._job(plan, account.emulator, job)
            job.replaces, job.created = unsent, began  # whoever has made the same since then has answered this call
            if free:
                job.ask_first = asked
            prepare = cache.asked_again(self, plan, target, account, job, whole)
            needs, retries = plan.needs, plan.retries
            self.runner.start(
                job, account, folder=plan.folder, needs=needs, prepare=prepare, retries=retries, budget=budget
            )
        return job

    @contextlib.contextmanager
    def exclusively(self) -> Iterator[None]:
        """Send calls and take rows up one after another; what an interrupt left between list and runner is dropped."""
        with self._lock:
            before = dict(self._jobs)
            try:
                yield
            except BaseException:
                for job in [job for name, job in self._jobs.items() if before.get(name) is not job]:
                    if not (job.final or self.runner.drives(job)):
                        del self._jobs[job.id]
                        job.fail(
                            BailianError(sentence("job {id} was interrupted before it began", id=job.id)),
                            at=self.clock.now(),
                        )
                raise

    def known(self, plan: Plan, job: Job | None = None) -> Job | None:
        """Return the Job that answers the same request without sending: one on its way here, or `job` from disk."""
        target = self.target(plan.settings)
        if (running := cache.running(self.jobs(), plan, target.emulator)) is not None:
            return running
        saved = cache.saved(self, plan, target)
        if saved is None:
            return None
        job = self._job(plan, target.emulator, job)
        job.succeed(Result(saved, cost=0.0, cached=True), at=self.clock.now())
        return job

    def costs(self, *, everything: bool = False) -> list[report.Costs]:
        """Return what the account that is configured now has spent, or with `everything` every account of the journal.

        Raises
        ------
        MissingApiKey
            When no key says which account is meant; with `everything` none is needed.
        """
        settings = self.settings()
        account = None if everything else self.account(self.target(settings), settings)
        return report.gather(self.home, account, settings, self.clock.now())

    def call(self, plan: Plan) -> tuple[Call, str]:
        """Return the exact request that `plan` would send and the equal curl line; the key is in neither.

        Nothing outside reaches the emulator in this process: then the line is that for the service.
        """
        target = self.target(plan.settings)
        target = config.outside(plan.settings) if target.in_process else target
        call = encode(plan.require())
        return call, curl_line(call, target.base_url, workspace=target.workspace)

    def pending(self) -> int:
        """Count open rows that this process does not drive, without a key, a client or the network."""
        if not self._written:
            return 0
        driven = {job.id for job in self.jobs() if not job.final}
        return sum(1 for row in self.journal.open_ids() if job_of(row) not in driven)

    def losses(self) -> list[str]:
        """Return what became of earlier journals of this home, the latest first."""
        return self.journal.losses.all() if self._written else []

    @property
    def index(self) -> Index:
        """Return the index of saved pictures; InvalidRequest where BAILIAN_NB_HOME cannot be written."""
        config.check_home(self.home)
        return self._index

    def _day_folders(self) -> list[Path]:
        try:
            return day_folders(self.home, config.out_dir(self.settings()).absolute())
        except (BailianError, OSError):  # a bad setting or a folder that is gone hides no picture of the journal
            return day_folders(self.home)

    @property
    def _written(self) -> bool:
        """Tell whether anything was ever sent from here."""
        return journal_path(self.home).exists()

    @property
    def journal(self) -> Journal:
        """Return the journal; it is made when a call is about to be sent, for a refused call leaves nothing behind."""
        with self._lock:
            if self._journal is None:
                config.check_home(self.home)
                self._journal = Journal(self.home)
                if kind := config.network_file_system(self.home):
                    log.warning(sentence(NETWORK), self.home, kind)
            return self._journal

    def _kernel(self) -> str:
        """Return the name that other kernels know this one by."""
        return (self._journal or self.journal).kernel  # the loop asks, and who holds the lock may wait for the loop

    @property
    def runner(self) -> Runner:
        with self._lock:
            if self._runner is None:
                saver = Saver(index=self.index, journal=self.journal, clock=self.clock)
                self._runner = Runner(
                    journal=self.journal,
                    clock=self.clock,
                    loop=self._loop,
                    callbacks=self._callbacks,
                    save=saver,
                    document=front.document,
                    take_over=self._take_over,
                )
            return self._runner

    def _take_over(self, row: Row, account: Account) -> Job | None:
        """Drive a row whose kernel is gone or stands still; None where somebody else is quicker.

        Raises
        ------
        BailianError
            When it cannot be driven here: its synchronous call cannot be looked for, or the journal cannot be written.
        """
        drivers = (self.journal, self.runner, account, self.clock)
        if row.account not in account.ids and not taken_over(self.journal, self._loop, account, [row], SECONDS):
            raise not_ours(row)
        with self._lock:
            found = resume_rows(*drivers, known=self._drives, attach=self.register, only=row.id)
        for _, fault in found.faults:
            raise cache.unwritten(row, fault)
        if found.uncertain:
            raise cache.in_vain(row)
        return found.jobs[0] if found.jobs else None

    def _drives(self, row_id: str) -> bool:
        return any(row_id == job.id and not job.final for job in self.jobs())

    def _ask_first(self, plan: Plan, account: Account, max_cost: float | None, *, confirmed: bool) -> None:
        """Ask what was not asked of a call that was to follow another one, before it is sent after all."""
        plan.check_budget(max_cost)
        limit = plan.settings.confirm_above
        if not confirmed and (plan.cost is None or plan.cost > limit):
            raise BudgetExceeded(above_limit(plan.cost, plan.model.prices_dated, limit, plan.settings.lang))
        lost_journal.check(self.journal, self._index, self._loop, account, plan.model.name, self.clock)

    def later(self, key: str, callback: Callable[[], object]) -> None:
        """Run `callback` where `on_change` callbacks run, in order for each `key`."""
        self._callbacks.add(key, callback)

    @property
    def loop(self) -> LoopThread:
        """Return the runner's loop, for calls to a client."""
        return self._loop

    def close(self) -> None:
        """End the threads and let go of the journal; the next kernel takes up what is open. Twice does no harm."""
        if self.process != os.getpid():
            return  # a forked child: threads, locks and rows are its parent's
        with _lock:
            if _sessions.get(self.home) is self:
                del _sessions[self.home]
        for end in list(self.on_close):
            end()
        with self._lock:
            runner, self._runner = self._runner, None
            journal, self._journal = self._journal, None
            accounts, self._accounts = self._accounts, Accounts(self.home, self.clock, kernel=self._kernel)
        self._callbacks.end()
        try:
            clients = [account.client for account in accounts.values()]
            if runner is not None:
                runner.drain(LAST_WAIT, clients)
            elif self._loop.started:  # the doctor and a key that is asked for a task need none
                with contextlib.suppress(TimeoutError):
                    wait(self._loop.submit(hang_up(clients)), LAST_WAIT)
        finally:  # an interrupt ends the wait alone
            accounts.close()
            self._loop.stop()
            self._callback_loop.stop()
            if journal is not None:
                journal.close()

    def _job(self, plan: Plan, emulator: bool, held: Job | None = None) -> Job:
        """Return a new Job of this process, or the one that was held back so far."""
        if held is not None:
            self.register(held, plan.settings)
            held.change(status="QUEUED", created=self.clock.now(), why=None)
            return held
        job = Job(
            id=self.new_id(),
            request=plan.request,
            label=plan.label,
            emulator=emulator,
            created=self.clock.now(),
            cost=plan.cost,
        )
        job.fresh = not plan.cache
        job.owner, job.names, job.parks = plan.owner, plan.names, plan.parks
        job.notes.extend([*plan.warnings, *([self._index.fault] if plan.cache and self._index.fault else [])])
        self.register(job, plan.settings)
        return job

    def register(self, job: Job, settings: Settings | None = None) -> None:
        """Make a Job one of this process: shown, driven and listed here, saved as `settings` (None: now's) let it."""
        job.display = front.here.display
        settings = settings or self.settings()
        job.embed, job.a1111 = job.embed and settings.embed, job.a1111 or settings.a1111
        job.attach(self.runner, self._callbacks, self._callback_loop)
        with self._lock:
            self._jobs[job.id] = job

    def new_id(self) -> str:
        """Return a short name that no Job here and no row of the journal has."""
        while True:
            name = "".join(secrets.choice(_IDS) for _ in range(6))
            if name not in self._jobs and not name.isdigit() and not (self._written and self.journal.row(name)):
                return name
