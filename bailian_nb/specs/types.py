"""The shapes of the table's rows: Model, Function, Parameter and the rules that they carry.

Rows are frozen and keyword-only so that a row reads like the vendor's page. The rows themselves stand in files by
family (`t2i.py`, `wanx21_edit.py`, `qwen.py`, ...), which the room's front lists; `check.py` reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from .dates import Life
from .prices import Estimate, Limit, Price
from .size_rule import SizeRule

Kind = Literal["t2i", "edit"]
Rule = Callable[[Mapping[str, object]], tuple[str, str] | None]
ParameterType = Literal[
    "int", "float", "bool", "text", "size", "palette", "boxes", "choice", "texts", "pairs", "pictures"
]
Answers = Literal["", "qwen", "qima", "z", "single"]


class Text(NamedTuple):
    """One sentence in the two languages that the house speaks."""

    en: str
    zh: str

    def get(self, lang: str) -> str:
        return self.zh if lang.startswith("zh") else self.en


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One named value that a model or function takes.

    Parameters
    ----------
    name
        DashScope's own name.
    default
        What the service uses when the parameter is absent (we send `n` and `seed` always).
    minimum, maximum
        Inclusive bounds of a number, or of the length of a list. For "pictures" of how many there may be: the value is
        their number, and they follow in the call's own pictures, row by row.
    max_length, warn_length
        Characters of a text: refused above `max_length` (the highest documented limit), warned above
        `warn_length` (the newest), since the service cuts silently.
    tokens
        Whether `warn_length` counts tokens, which nobody can count here; `max_length` is then what they hold at most.
    choices
        The only values of a "choice", or of a whole number whose values have gaps.
    place
        Where it stands below `input` in a flat body, where that is not its name: "ext.domainHint".
    required, warn_empty
        Whether a text must be there, and whether an empty one is sent with a warning.
    source
        The page that the row was taken from.
    """

    name: str
    type: ParameterType
    meaning: Text
    source: str
    default: int | float | bool | str | None = None
    minimum: float | None = None
    maximum: float | None = None
    max_length: int | None = None
    warn_length: int | None = None
    required: bool = False
    warn_empty: bool = False
    size: SizeRule | None = None
    images: ImageRule | None = None
    """What the pictures of a "pictures" may be."""
    tokens: bool = False
    choices: tuple[str | int, ...] = ()
    place: str = ""


@dataclass(frozen=True, kw_only=True)
class Function:
    """One function of an edit model (DashScope's `input.function`).

    Parameters
    ----------
    name, short
        DashScope's name and ours; both are understood.
    prompt
        Its own row, since limits differ from function to function.
    example
        A prompt to begin with.
    parameters
        What it takes beside those of the model.
    mask
        Whether it needs one.
    tips
        What the pages advise.
    source
        The page that the row was taken from.
    """

    name: str
    short: str
    meaning: Text
    prompt: Parameter
    example: Text
    source: str
    parameters: tuple[Parameter, ...] = ()
    mask: bool = False
    tips: tuple[Text, ...] = ()
    rights: Text | None = None
    """A reminder about other people's rights, shown by help."""


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """One way to call a model over HTTP.

    `body` "flat" puts `input_names` under `input` and everything else under `parameters`; "messages" puts text
    and pictures into one user message and everything else under `parameters`.
    """

    letter: Literal["A", "B", "C"]
    path: str
    asynchronous: bool
    body: Literal["flat", "messages"]
    input_names: tuple[str, ...] = ()
    source: str


@dataclass(frozen=True, kw_only=True)
class ImageRule:
    """What an input picture may be; sides in pixels, `max_bytes` of the file, `max_ratio` long by short side (0: any).

    A picture whose data URL is longer than `max_data_url_bytes` is uploaded before the call; 0: the service takes none.
    """

    formats: tuple[str, ...]
    min_side: int
    max_side: int
    max_bytes: int
    source: str
    max_ratio: float = 0.0
    alpha: bool = True
    transparent: bool = False
    """Whether it must have an alpha channel with something transparent."""
    min_count: int = 1
    max_count: int = 1
    warn_count: int = 0
    """Above so many, pages disagree: they are sent with a warning (0: they agree)."""
    max_data_url_bytes: int = 10_485_760


@dataclass(frozen=True, kw_only=True)
class Latency:
    """Usual seconds from submit to end."""

    low: float
    high: float
    source: str


@dataclass(frozen=True, kw_only=True)
class Case:
    """What changes in calls of one kind: when every switch in `when` is on or off as said, and pictures go in or not.

    Parameters
    ----------
    words
        How a message names such a call: "with enable_sequential=true".
    when
        Switches by name; one that is not given has its default.
    pictures
        True: only with input pictures, False: only without, None: either way.
    parameters
        Rows that take the place of those of the same name.
    no_effect
        Parameters that the service then ignores; given ones are sent with a warning.
    counts
        How many pictures may go in, None for the rule of the model.
    billed
        The parameter that says how many pictures may come out.
    asynchronous_only
        True where the synchronous protocol would have to stream.
    """

    words: Text
    source: str
    when: tuple[tuple[str, bool], ...] = ()
    pictures: bool | None = None
    parameters: tuple[Parameter, ...] = ()
    no_effect: tuple[str, ...] = ()
    counts: tuple[int, int] | None = None
    billed: str = ""
    asynchronous_only: bool = False

    def holds(self, values: Mapping[str, object], pictures: int | None, defaults: Mapping[str, object]) -> bool:
        """Tell whether a call is of this kind; with `pictures` None nobody knows how many go in yet."""
        if self.pictures is not None and (pictures is None or (pictures > 0) is not self.pictures):
            return False
        return all(values.get(name, defaults.get(name)) is wanted for name, wanted in self.when)


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What this package does with a model that has no function for it; it is called by `name` like a function.

    Parameters
    ----------
    instruction
        The prompt that is sent, with the user's own at {prompt}; None: the user's own.
    same_size
        Whether the picture's own size is asked for, where the model draws it.
    cut_out
        Whether the picture goes out with what is kept alone, on transparent ground.
    prompt_optional
        Whether it may do without a prompt.
    """

    name: str
    meaning: Text
    example: Text
    source: str
    instruction: Text | None = None
    same_size: bool = False
    cut_out: bool = False
    prompt_optional: bool = False


@dataclass(frozen=True, kw_only=True)
class Model:
    """One model: how it is called, what it takes, what it costs, and where that was read.

    `kind` is what it is for first, `also` what else: one that draws from a text and edits pictures has both.

    Parameters
    ----------
    name
        DashScope's own.
    meaning
        What it is, in a few words.
    protocols
        The asynchronous way first: a synchronous call has no task that could be asked for again.
    prices
        One for each region that offers it, the default region first.
    prices_dated
        "2026-05": the month of the price list.
    limits
        By region; the first holds for one that no page names.
    latency
        What the pages say until this machine's own history knows better.
    source
        The page that the row was taken from, by the short names that `common` explains.
    prompt, parameters
        What every call takes; `functions` add theirs.
    images
        What its input pictures may be, None for a model that takes none.
    cases
        What differs in calls of one kind, see Case.
    """

    name: str
    kind: Kind
    meaning: Text
    protocols: tuple[Protocol, ...]
    prices: tuple[Price, ...]
    prices_dated: str
    limits: tuple[Limit, ...]
    latency: Latency
    source: str
    prompt: Parameter | None = None
    """The prompt of a model without functions; functions carry their own."""
    parameters: tuple[Parameter, ...] = ()
    functions: tuple[Function, ...] = ()
    images: ImageRule | None = None
    also: tuple[Kind, ...] = ()
    cases: tuple[Case, ...] = ()
    rules: tuple[Rule, ...] = ()
    """What holds for several values together; each gives the first parameter that is wrong and the end of a sentence
    that begins with it, or None."""
    example: Text | None = None
    """A prompt to begin with, for a model without functions."""
    namesakes: tuple[tuple[str, str], ...] = ()
    """The same model's name elsewhere, by region."""
    asynchronous_only_in: tuple[str, ...] = ()
    """Regions where the synchronous protocol is not offered."""
    free_pictures: int = 0
    """Free pictures of a new account in Beijing, 0 where no page says; see `service.FREE_DAYS`."""
    also_example: Text | None = None
    """A prompt for what the model is for besides, see `also`."""
    notes: tuple[Text, ...] = field(default=())
    based_on: str = ""
    """The row that a name of the user's own was made from."""
    recipes: tuple[Recipe, ...] = ()
    transparent: bool = False
    """Whether its pictures may have an alpha channel."""
    answers: Answers = ""
    """The family of its answers, which the emulator plays: "" as Wan's, "single" for one URL without a list."""
    queue: int = 0
    """How many tasks of an account may wait at the service as PENDING; 0 where no page says that any may."""
    life: Life | None = None
    """When it came and goes; every row of the table has one, a registered row may go without."""

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Everything that it is for."""
        return (self.kind, *self.also)

    @property
    def regions(self) -> tuple[str, ...]:
        """Regions that offer the model, the default one first."""
        return tuple(price.region for price in self.prices)

    @property
    def protocol(self) -> Protocol:
        """The asynchronous way to call it, the only kind that can be recovered; where there is none, the other."""
        return self.protocols[0]

    def price(self, region: str) -> Price | None:
        """Return the list price in `region`, None where no page gives one."""
        return next((price for price in self.prices if price.region == region), None)

    def limit(self, region: str) -> Limit:
        """Return the limits in `region`, the first row's where no page gives them."""
        return next((limit for limit in self.limits if limit.region == region), self.limits[0])

    def function(self, name: str | None) -> Function | None:
        """Return the function by DashScope's name, None for a model without functions or an unknown name."""
        return next((function for function in self.functions if function.name == name), None)

    def recipe(self, name: str | None) -> Recipe | None:
        """Return the recipe of that name, None where there is none."""
        return next((recipe for recipe in self.recipes if recipe.name == name), None)

    def takes(
        self, function: str | None, values: Mapping[str, object] | None = None, pictures: int | None = None
    ) -> tuple[Parameter, ...]:
        """Return prompt and parameters that this model, or this function of it, takes; the prompt first.

        With `values` and the number of input `pictures`, rows are those of this very call.
        """
        row = self.function(function)
        if row is not None:
            return (row.prompt, *row.parameters, *self.parameters)
        rows = {each.name: each for each in (*((self.prompt,) if self.prompt else ()), *self.parameters)}
        for case in self.cases_of(values or {}, pictures) if values is not None or pictures is not None else ():
            rows |= {each.name: each for each in case.parameters}
        return tuple(rows.values())

    def picture_rows(self) -> tuple[Parameter, ...]:
        """Return the parameters that are pictures, in the order in which they follow the call's own ones."""
        return tuple(row for row in self.takes(None) if row.type == "pictures")

    def further(self, values: Mapping[str, object]) -> int:
        """Return how many of a call's pictures belong to parameters."""
        return sum(whole(values, row.name, 0) for row in self.picture_rows())

    def rule_of(self, number: int, values: Mapping[str, object], total: int) -> ImageRule | None:
        """Return what picture `number` (from 0) of `total` may be."""
        at = total - self.further(values)
        for row in self.picture_rows():
            at += whole(values, row.name, 0)
            if at > number >= at - whole(values, row.name, 0):
                return row.images
        return self.images

    def cases_of(self, values: Mapping[str, object], pictures: int | None) -> tuple[Case, ...]:
        """Return the cases that hold for a call with these values and so many input pictures."""
        defaults = {row.name: row.default for row in self.parameters}
        return tuple(case for case in self.cases if case.holds(values, pictures, defaults))

    def counts(self, values: Mapping[str, object], pictures: int | None = None) -> tuple[int, int]:
        """Return how many input pictures such a call takes, least and most."""
        found = (self.images.min_count, self.images.max_count) if self.images else (0, 0)
        for case in self.cases_of(values, pictures):
            found = case.counts or found
        return found

    def billed(self, values: Mapping[str, object], pictures: int | None = None) -> str:
        """Return the name of the parameter that says how many pictures such a call may return."""
        named = [case.billed for case in self.cases_of(values, pictures) if case.billed]
        return named[-1] if named else "n"

    def estimate(self, region: str, values: Mapping[str, object], pictures: int | None = None) -> Estimate:
        """Return how many pictures such a call may return, and CNY for them by list price in `region`."""
        name = self.billed(values, pictures)
        default = next((row.default for row in self.parameters if row.name == name), None)
        images = whole(values, name, default if isinstance(default, int) else 1)
        return Estimate(images=images, cny=self.cost(region, values, pictures, images))

    def cost(
        self,
        region: str,
        values: Mapping[str, object],
        pictures: int | None,
        images: int,
        pixels: int | None = None,
    ) -> float | None:
        """Return CNY by list price in `region` for so many `images`, None where no page gives a price.

        `pixels` of one of them where they are known from the answer; else they follow from the values, and the higher
        price counts where the service chooses. Inputs are billed with the pictures that they made.
        """
        price = self.price(region)
        each = price.most(pixels=pixels or self._pixels(values), rewritten=self._rewritten(values)) if price else None
        if price is None or each is None:
            return None
        return round(each * images + price.input_cny * (pictures or 0) * bool(images), 6)

    def _pixels(self, values: Mapping[str, object]) -> int | None:
        """Return the pixels of a picture of such a call, None where the service chooses."""
        row = next((row for row in self.parameters if row.name == "size"), None)
        size = values.get("size", row.default if row is not None else None)
        if row is None or row.size is None or not isinstance(size, str):
            return None
        width, height = row.size.pixels(size)
        return width * height

    def _rewritten(self, values: Mapping[str, object]) -> bool:
        default = next((row.default for row in self.parameters if row.name == "prompt_extend"), False)
        return values.get("prompt_extend", default) is True


def whole(values: Mapping[str, object], name: str, default: int) -> int:
    """Return a checked whole number, `default` where it is not given."""
    value = values.get(name)
    return int(value) if isinstance(value, int | float | str) else default
