"""The API key: found where DashScope's own tools find it, never seen, and told apart without being kept."""

from __future__ import annotations

import copy
import json
import pickle
import re
import stat
import subprocess
import sys
import traceback
from pathlib import Path

import pytest

from bailian_nb import config
from bailian_nb.config import Secret
from bailian_nb.errors import MissingApiKey

from ..world.each import each

KEY = "sk-made-up-0123456789abcdef"
URL = "https://dashscope.aliyuncs.com/api/v1"


@pytest.fixture
def own_file() -> Path:
    """Return `~/.dashscope/api_key`, which is not there yet."""
    folder = Path.home() / ".dashscope"
    folder.mkdir()
    return folder / "api_key"


def found(env: dict[str, str]) -> str | None:
    key = config.find_key(env)
    return key.reveal() if key else None


def test_the_variable_comes_first_then_the_named_file_then_the_own_file(tmp_path: Path, own_file: Path) -> None:
    named = tmp_path / "key"
    assert found({}) is None
    own_file.write_text("sk-own-file-000000")
    assert found({}) == "sk-own-file-000000"
    named.write_text("sk-named-file-000000")
    env = {"DASHSCOPE_API_KEY_FILE_PATH": str(named)}
    assert found(env) == "sk-named-file-000000"
    assert found({**env, "DASHSCOPE_API_KEY": KEY}) == KEY
    assert found({**env, "DASHSCOPE_API_KEY": "  "}) == "sk-named-file-000000"


@pytest.mark.parametrize("around", [b"%s\n", b"  %s \r\n\r\n", b"\xef\xbb\xbf%s", b"\xef\xbb\xbf%s\r\n"])
def test_blanks_and_the_mark_of_windows_editors_are_no_part_of_the_key(own_file: Path, around: bytes) -> None:
    own_file.write_bytes(around % KEY.encode())
    assert found({}) == KEY
    assert found({"DASHSCOPE_API_KEY": f" {KEY}\n"}) == KEY


def test_a_named_file_that_is_not_there_is_an_error_and_not_another_key(tmp_path: Path, own_file: Path) -> None:
    own_file.write_text(KEY)
    missing = str(tmp_path / "no such file")
    with pytest.raises(MissingApiKey, match=r"^DASHSCOPE_API_KEY_FILE_PATH names .*no such file, which does not exist"):
        config.find_key({"DASHSCOPE_API_KEY_FILE_PATH": missing})
    (tmp_path / "empty").write_text("\n")
    with pytest.raises(MissingApiKey, match=r"^DASHSCOPE_API_KEY_FILE_PATH names .*empty, which is empty$"):
        config.find_key({"DASHSCOPE_API_KEY_FILE_PATH": str(tmp_path / "empty")})


def test_a_named_file_may_lie_in_the_users_home(own_file: Path) -> None:
    own_file.write_text(KEY)
    assert found({"DASHSCOPE_API_KEY_FILE_PATH": "~/.dashscope/api_key"}) == KEY


def test_a_file_that_cannot_be_read_is_named_with_the_reason(own_file: Path) -> None:
    own_file.mkdir()
    with pytest.raises(MissingApiKey, match=r"^the key file .*api_key cannot be read \(IsADirectoryError\)$"):
        config.find_key({})
    own_file.rmdir()
    own_file.write_bytes(b"\xff" + KEY.encode())
    with pytest.raises(
        MissingApiKey, match=r"cannot be read \(it is no Unicode text; save it as UTF-8, with nothing but"
    ):
        config.find_key({})


@pytest.mark.parametrize(
    "encoding",
    ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le with mark", "utf-16-be with mark"],
)
def test_a_key_file_of_any_unicode_is_read(own_file: Path, encoding: str) -> None:
    name, _, marked = encoding.partition(" ")
    own_file.write_bytes((("\ufeff" if marked else "") + f"{KEY}\r\n").encode(name))
    assert found({}) == KEY


QUOTED = [
    '"%s"',
    "'%s'",
    "`%s`",
    "“%s”",
    "‘%s’",
    "„%s“",
    "„%s”",
    "«%s»",
    "「%s」",
    "『%s』",
    "《%s》",
    "＂%s＂",
    "”%s”",
]


@pytest.mark.parametrize(
    "around", [*QUOTED, ' "%s" ', '" %s "\n', "\ufeff%s", "%s\u200b", "\u00a0%s\u3000", "\u200e%s\ufeff\n"]
)
def test_one_pair_of_quotes_and_what_cannot_be_seen_is_no_part_of_the_key(own_file: Path, around: str) -> None:
    assert found({"DASHSCOPE_API_KEY": around % KEY}) == KEY
    own_file.write_text(around % KEY, encoding="utf-8")
    assert found({}) == KEY


@each(
    ("given", "line"),
    [
        (f'""{KEY}""', "holds a space or a character that no key has; copy it again"),
        (f'"{KEY}', "holds a space or a character that no key has; copy it again"),
        (f"DASHSCOPE_API_KEY={KEY}", "holds a whole line NAME=KEY; leave only what stands after the ="),
        (f"export DASHSCOPE_API_KEY={KEY}", "holds a whole line NAME=KEY"),
        (f"Bearer {KEY}", "leave out the word Bearer"),
        ("$MY_KEY", "is the name of another variable, which was not filled in; write the key itself"),
        ("${MY_KEY}", "is the name of another variable"),
        ("%MY_KEY%", "is the name of another variable"),
        ("{{ secrets.KEY }}", "is the name of another variable"),
        ("<your key>", "is a placeholder and no key"),
        ("~/.dashscope/api_key", "names a file or an address and no key; DASHSCOPE_API_KEY_FILE_PATH takes the path"),
        ("/run/secrets/key", "names a file or an address"),
        (r"C:\keys\dashscope.txt", "names a file or an address"),
        ("https://dashscope.aliyuncs.com/api/v1", "names a file or an address"),
        ("LTAI5tMadeUpMadeUp", "is an AccessKey ID of Alibaba Cloud; an API key is made in the console"),
        ("sk-xxxx", "is a placeholder and no key"),
        ("sk-", "is a placeholder and no key"),
        ("sk-***", "is a placeholder and no key"),
        ("your-api-key", "is a placeholder and no key"),
        ("sk-your-key-here", "is a placeholder and no key"),
        ("YOUR_DASHSCOPE_API_KEY", "is a placeholder and no key"),
        ("None", "is a placeholder and no key"),
    ],
)
def test_what_cannot_be_a_key_is_refused_before_it_is_sent(given: str, line: str) -> None:
    with pytest.raises(MissingApiKey) as error:
        config.find_key({"DASHSCOPE_API_KEY": given})
    assert str(error.value).startswith(f"the key in DASHSCOPE_API_KEY {line}") or line in str(error.value)
    assert given not in str(error.value)


@each("key", [KEY, f"sk-ws-{KEY}", f"sk-sp-{KEY}", f"st-{KEY}", "eyJ0.a_b-c.d~e+f/g==", "gateway:token"])
def test_keys_of_every_kind_are_taken(key: str) -> None:
    assert found({"DASHSCOPE_API_KEY": key}) == key


def test_a_key_is_known_by_how_it_begins() -> None:
    kinds = [Secret(f"{kind}0123456789abcdef").kind for kind in ("sk-", "sk-ws-", "sk-sp-", "st-", "pk-")]
    assert kinds == ["sk-", "sk-ws-", "sk-sp-", "st-", ""]
    assert repr(Secret("sk-ws-0123456789abcdef")) == "sk-ws-...cdef"
    assert repr(Secret("st-0123456789abcdef")) == "st-...cdef"


@pytest.mark.parametrize("bad", [f"{KEY} {KEY}", f"{KEY}\n{KEY}", f"Bearer {KEY}", f"{KEY}密钥", f"\u201c{KEY}"])
def test_what_no_key_holds_is_refused_without_showing_it(own_file: Path, bad: str) -> None:
    own_file.write_text(bad, encoding="utf-8")
    for env, where in (({}, str(own_file)), ({"DASHSCOPE_API_KEY": bad}, "DASHSCOPE_API_KEY")):
        with pytest.raises(MissingApiKey) as error:
            config.find_key(env)
        assert str(error.value).startswith(f"the key in {where} holds a space or a character that no key has")
        assert KEY not in "".join(traceback.format_exception(error.value))


def test_a_key_shows_its_last_four_characters_at_most() -> None:
    secret = Secret(KEY)
    shown = [repr(secret), str(secret), f"{secret}", f"{secret!r:>40}", f"{secret:>40}", f"{secret}", "%s" % secret]  # noqa: UP031
    shown += [str([secret]), str({"key": secret}), repr((secret,))]
    for text in shown:
        assert "sk-...cdef" in text
        assert KEY[3:-4] not in text
    assert repr(Secret("sk-short")) == "sk-..."
    assert secret.reveal() == KEY


def test_a_key_cannot_be_written_by_accident() -> None:
    secret = Secret(KEY)
    for write in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="an API key is not written anywhere"):
            write(secret)
    with pytest.raises(TypeError):
        json.dumps({"key": secret})
    assert not hasattr(secret, "__dict__")


def test_a_key_stays_out_of_a_traceback() -> None:
    def call(secret: Secret) -> None:
        raise RuntimeError(f"with {secret}")

    try:
        call(Secret(KEY))
    except RuntimeError as error:
        shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "sk-...cdef" in shown
    assert KEY[3:-4] not in shown


def test_keys_are_equal_by_what_they_hold() -> None:
    assert Secret(KEY) == Secret(KEY)
    assert hash(Secret(KEY)) == hash(Secret(KEY))
    assert Secret(KEY) != Secret(KEY[::-1])
    assert Secret(KEY) != KEY


def test_an_account_is_the_same_for_the_same_key_and_url_alone() -> None:
    one = config.account_id(Secret(KEY), URL)
    assert one == config.account_id(Secret(KEY), URL)
    others = {
        config.account_id(Secret(KEY + "0"), URL),
        config.account_id(Secret(KEY), URL.replace("dashscope", "dashscope-intl")),
        config.account_id(Secret(KEY), URL, name="team"),
    }
    assert len(others | {one}) == 4


def test_a_named_account_joins_several_keys() -> None:
    ids = {config.account_id(Secret(key), URL, name="team") for key in (KEY, KEY + "0")}
    assert len(ids) == 1


def test_an_account_reveals_nothing_of_its_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = config.account_id(Secret(KEY), URL)
    assert re.fullmatch(r"[0-9a-f]{24}", one)
    monkeypatch.setenv("BAILIAN_NB_HOME", str(tmp_path / "another"))
    assert config.account_id(Secret(KEY), URL) != one, "without the salt nobody can try keys against it"


def test_the_salt_is_for_its_owner_alone_and_is_made_once() -> None:
    config.account_id(Secret(KEY), URL)
    salt = config.home() / "salt"
    assert stat.S_IMODE(salt.stat().st_mode) == 0o600
    before = salt.read_bytes()
    assert len(before) == 32
    config.account_id(Secret(KEY), URL)
    assert salt.read_bytes() == before
    assert [path.name for path in config.home().iterdir()] == ["salt"]
    assert stat.S_IMODE(config.home().stat().st_mode) == 0o700
    assert KEY.encode() not in before


@pytest.mark.parametrize("left", [b"", b"cut"])
def test_a_salt_that_the_power_cut_short_is_made_anew(left: bytes) -> None:
    config.home().mkdir()
    (config.home() / "salt").write_bytes(left)
    one = config.account_id(Secret(KEY), URL)
    assert len((config.home() / "salt").read_bytes()) == 32
    assert config.account_id(Secret(KEY), URL) == one


def test_an_account_is_what_it_was_in_homes_that_are_there_already() -> None:
    config.home().mkdir()
    (config.home() / "salt").write_bytes(bytes(range(32)))
    assert config.account_id(Secret(KEY), URL) == "3c4db5dee434b883886ff58e"
    assert config.account_id(Secret(KEY), URL, name="team") == "69f02e368e40e1bd015de39d"


def test_a_key_in_the_variable_for_its_files_name_is_not_shown() -> None:
    with pytest.raises(MissingApiKey, match=r"names sk-\.\.\., which does not exist$"):
        config.find_key({"DASHSCOPE_API_KEY_FILE_PATH": KEY})


@pytest.mark.seldom
def test_two_processes_that_begin_together_agree_on_the_salt() -> None:
    code = (
        "import sys; from bailian_nb import config; sys.stdin.readline();"
        f"print(config.account_id(config.Secret({KEY!r}), {URL!r}))"
    )
    command = [sys.executable, "-c", code]
    racers = [
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
        )
        for _ in range(2)
    ]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    ids = {racer.communicate(timeout=30)[0].strip() for racer in racers}
    assert ids == {config.account_id(Secret(KEY), URL)}
    assert [path.name for path in config.home().iterdir()] == ["salt"]
