"""The shapes of the table's rows: Model, Function, Parameter and the rules that they carry.

Rows are frozen and keyword-only so that a row reads like the vendor's page. The rows themselves stand in
`models.py`; `check.py` reads them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Kind = Literal["t2i", "edit"]
ParameterType = Literal["int", "float", "bool", "text", "size"]


class Text(NamedTuple):
    """One sentence in the two languages that the house speaks."""

    en: str
    zh: str

    def get(self, lang: str) -> str:
        return self.zh if lang.startswith("zh") else self.en


@dataclass(frozen=True, kw_only=True)
class SizeRule:
    """What a `size` ("W*H", pixels) may be.

    `min_pixels` and `max_pixels` are the widest documented bounds and are refused outside; between
    `min_pixels` and `warn_below_pixels` the documents disagree, so it is sent with a warning. Ratios are W/H.
    """

    default: str
    min_pixels: int
    max_pixels: int
    warn_below_pixels: int = 0
    min_side: int = 1
    max_side: int = 0
    min_ratio: float = 0.0
    max_ratio: float = 0.0
    named: tuple[tuple[str, str], ...] = ()


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
        Inclusive bounds of a number.
    max_length, warn_length
        Characters of a text: refused above `max_length` (the highest documented limit), warned above
        `warn_length` (the newest), since the service cuts silently.
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


@dataclass(frozen=True, kw_only=True)
class Function:
    """One function of an edit model (DashScope's `input.function`)."""

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
    """What an input picture may be; sides in pixels, `max_bytes` of the file."""

    formats: tuple[str, ...]
    min_side: int
    max_side: int
    max_bytes: int
    source: str
    alpha: bool = True
    min_count: int = 1
    max_count: int = 1
    max_data_url_bytes: int = 10_485_760


@dataclass(frozen=True, kw_only=True)
class Price:
    """List price of one successful picture in a region, before free quota and savings plan."""

    region: str
    cny: float
    usd: float | None = None


@dataclass(frozen=True, kw_only=True)
class Limit:
    """Rate limits of one model in a region, shared by the whole main account."""

    region: str
    submits_per_second: float
    tasks_at_once: int


@dataclass(frozen=True, kw_only=True)
class Latency:
    """Usual seconds from submit to end."""

    low: float
    high: float
    source: str


@dataclass(frozen=True, kw_only=True)
class Model:
    """One model: how it is called, what it takes, what it costs, and where that was read."""

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
    notes: tuple[Text, ...] = field(default=())

    @property
    def regions(self) -> tuple[str, ...]:
        """Regions that offer the model, the default one first."""
        return tuple(price.region for price in self.prices)

    @property
    def protocol(self) -> Protocol:
        """The asynchronous way to call it: the only kind that can be recovered."""
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

    def takes(self, function: str | None) -> tuple[Parameter, ...]:
        """Return prompt and parameters that this model, or this function of it, takes; the prompt first."""
        row = self.function(function)
        if row is not None:
            return (row.prompt, *row.parameters, *self.parameters)
        return (*((self.prompt,) if self.prompt else ()), *self.parameters)
