"""What the magics do in the running cell once their line is read: look up what words name, plan or send, show.

`magics` and `commands` are given one Cell and reach the shell through it.
"""

from __future__ import annotations

import copy
import os
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .. import specs
from ..errors import BailianError, InvalidRequest, Problem
from ..jobs.job import Job
from ..planning.edit_args import is_file
from ..planning.options import is_option, meant_option
from ..planning.plain import plain_option
from ..planning.plan import Plan
from ..session import confirm
from ..session import session as sessions
from ..session.held_job import HeldJob
from ..specs import shown
from ..system.language import sentence, spoken
from ..texts.catalogue import say
from ..views import dry_run
from ..views.tables import note
from .display import Displays
from .front import NotebookFront
from .line import MagicLine, Word, no_axis
from .scope import names_here
from .split import as_word
from .template import UnknownName, alone, as_python, look_up

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_COMMENT = re.compile(r"#+(\s|$)")


class Cell:
    """The running cell: the notebook's variables, whether somebody is at a front end, and what it shows."""

    def __init__(self, shell: InteractiveShell, front: NotebookFront, displays: Displays) -> None:
        self._shell = shell
        self.front = front
        self.displays = displays
        self.scope: Mapping[str, Any] = shell.user_ns
        self._told: set[str] = set()

    @property
    def names(self) -> dict[str, Any]:
        """Return the notebook's variables, where `-o` binds."""
        names: dict[str, Any] = self._shell.user_ns
        return names

    def send_or_show(
        self,
        read: MagicLine,
        make: Callable[[list[Problem]], Plan],
        given: Callable[[Plan], dry_run.Given] | None = None,
    ) -> Job | None:
        """Plan, then show the plan (`--dry-run`) or send it; above `confirm_above` it waits for Run.

        `make` returns the Plan and gets the line's problems, to add its own; `given` returns how Python names the
        pictures and the mask, for the dry run.

        Raises
        ------
        InvalidRequest
            With everything that is wrong with line and call.
        BudgetExceeded
            When it must be confirmed first and no Run button can be shown, or when it passes a cap.
        BailianError
            Where the cell waits: why the Job failed.
        """
        try:
            plan = _all_at_once(read, make)
            self.tell_of_body(read)
            if read.dry_run:
                self._show_dry_run(plan, read, given(plan) if given is not None else None)
                return None
            job = self._send(plan, read)
        except BailianError as error:
            error.show_traceback = read.traceback
            raise
        job.front = "magic"
        if read.output:
            self.names[read.output] = job
        self.displays.show(job, quiet=read.quiet)
        if isinstance(job, HeldJob):
            return job  # somebody must press Run first, so there is nothing to wait for
        if read.wait or read.json or self.front.waits():
            job.wait()
            if job.error is not None:
                job.error.show_traceback = read.traceback
                raise job.error
        if read.json and job.outcome is not None:
            from ..views.inspect import records_json

            print(records_json(picture.record for picture in job.outcome))  # noqa: T201  # asked for
        return job

    def _show_dry_run(self, plan: Plan, read: MagicLine, given: dry_run.Given | None) -> None:
        session = sessions.current()
        if read.json:
            print(dry_run.document(session, plan, max_cost=read.max_cost, given=given, front="magic"))  # noqa: T201
            return
        self.publish(dry_run.bundle(session, plan, spoken(), max_cost=read.max_cost, given=given, front="magic"))
        self._show_frame(plan)

    def _show_frame(self, plan: Plan) -> None:
        """Show where the picture will lie in the one that expand makes of it."""
        bundle = dry_run.frame(plan) if plan.request is not None else None
        if bundle is not None:
            self.publish(bundle)

    def _send(self, plan: Plan, read: MagicLine) -> Job:
        """Send by the money rule: above `confirm_above` a Job waits for Run; without a button that is an error."""
        job = confirm.send(
            sessions.current(),
            plan,
            confirmed=read.run,
            button=self.front.interactive() and not self.front.waits(),
            lang=spoken(),
            max_cost=read.max_cost,
        )
        if isinstance(job, HeldJob):
            self._show_frame(plan)
        return job

    def at(self, local_ns: Mapping[str, Any] | None) -> Cell:
        """Return the Cell as the code sees it that calls a magic: with that code's own names before the notebook's."""
        here = copy.copy(self)
        here.scope = names_here(self.names, local_ns)
        return here

    def prompt(self, read: MagicLine, words: Sequence[Word], problems: list[Problem]) -> Word:
        """Return the prompt with its names filled in, from the body or from the one quoted word that is left."""
        if read.body is not None:
            if words:
                message = _no_switch(read, words) or sentence(
                    "{words!r} is too much: the cell's body is the prompt", words=words[0]
                )
                problems.append(Problem(parameter="prompt", message=message))
            return _with_text(read.body, problems)
        message = _no_switch(read, words) or _too_many(read, words) if len(words) > 1 else _no_prompt(read, words)
        if message:
            problems.append(Problem(parameter="prompt", message=message))
        return _with_text(words[0], problems) if len(words) == 1 else Word.of(" ".join(words), None, [])

    def tell_of_body(self, read: MagicLine) -> None:
        """Say, once in a kernel, that the first line of a body is sent too, where it looks like none of a prompt."""
        line = (read.body or "").lstrip().partition("\n")[0].rstrip()
        option = plain_option(line.split()[0]) if line else None
        key = "body_comment" if _COMMENT.match(line) else "body_option" if option and is_option(option[0]) else ""
        if key and key not in self._told:
            self._told.add(key)
            self.publish(note(say(key, spoken(), line=shown(line))))

    def look(self, word: str) -> Any:
        """Return what a word means: a file if there is one, else the variable of that name, else the word itself.

        What a name in braces stood for is meant as it is: a text that was filled in is no name again.
        """
        if isinstance(word, Word) and word.filled:
            return word.value
        if is_file(word):
            return word
        try:
            return look_up(word, self.scope)
        except UnknownName:
            return word

    def pictures(self, model: specs.Model, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the parameters that are pictures, looked up as the pictures of the line are."""
        names = {row.name for row in model.picture_rows()} & set(values)
        return {name: self.look(str(values[name])) for name in names}

    def spelled(self, pictures: Sequence[str], mask: str | None) -> dry_run.Given:
        """Return how Python names what these words mean: a variable as it is, a path or URL in quotes."""
        several = len(pictures) > 1
        images = [
            f"*{self.python(word)}" if several and isinstance(self.look(word), list | tuple) else self.python(word)
            for word in pictures
        ]
        return dry_run.Given(images=images, mask=None if mask is None else self.python(mask))

    def python(self, word: str) -> str:
        """Return the expression for what `look` finds."""
        meant = self.look(word)
        literal = isinstance(meant, str | os.PathLike) if isinstance(word, Word) and word.filled else meant is word
        return repr(str(word)) if literal else as_python(alone(word) or word)

    def publish(self, bundle: Mapping[str, str]) -> None:
        """Show a bundle in the running cell."""
        self.displays.publish(bundle)


def _all_at_once(read: MagicLine, make: Callable[[list[Problem]], Plan]) -> Plan:
    """Return the Plan, or raise one InvalidRequest with what is wrong with the line and with the call."""
    problems = [*read.problems, *no_axis(read)]
    try:
        plan = make(problems)
    except InvalidRequest as error:
        raise InvalidRequest([*problems, *error.problems], hint=error.hint) from None
    if problems:
        raise InvalidRequest(problems)
    return plan


def _no_switch(read: MagicLine, words: Sequence[str]) -> str:
    """Say which word seems meant as the value of the switch before it, "" for none.

    A switch such as --watermark takes true, false or nothing.
    """
    word = next((word for word in words if word in read.behind), None)
    return (
        ""
        if word is None
        else sentence("{behind} must be true or false, got {word!r}", behind=read.behind[word], word=str(word))
    )


def _too_many(read: MagicLine, words: Sequence[Word]) -> str:
    """Say what to do about words that are more than one prompt."""
    quoted = [word for word, in_quotes in zip(read.words, read.quoted, strict=True) if in_quotes and word in words]
    if meant := next(filter(None, (meant_option(word) for word in words if word not in quoted)), ""):
        return meant
    if not quoted:
        return sentence("a prompt of several words needs quotes: {as_word}", as_word=as_word(" ".join(words)))
    other = next(word for word in words if word is not quoted[0])
    return sentence(
        "{other!r} is too much beside the prompt {as_word}; put all of the prompt into one pair "
        'of quotes, and write \\" for a quote inside it',
        other=str(other),
        as_word=as_word(quoted[0]),
    )


def _with_text(prompt: Word, problems: list[Problem]) -> Word:
    """Return the prompt; that its one name stands for no text goes to `problems`."""
    if prompt.fault:
        problems.append(Problem(parameter="prompt", message=prompt.fault))
    return prompt


def _no_prompt(read: MagicLine, words: Sequence[Word]) -> str:
    """Say that the one bare word that is left is an option in another form, "" for a prompt."""
    bare = words and not read.quoted[-1] and not words[-1].filled
    return meant_option(words[-1]) if bare else ""


def body_of(cell: str | None) -> str | None:
    """Return what a cell has below the magic's line, None where that is nothing."""
    return cell if cell is not None and cell.strip() else None
