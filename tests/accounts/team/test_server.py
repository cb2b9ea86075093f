"""Addresses, and the one line that each fault of a Redis is; what its keys hold."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from IPython.core.ultratb import VerboseTB

from bailian_nb import config
from bailian_nb.accounts.locks import Wait
from bailian_nb.accounts.team import member as members
from bailian_nb.accounts.team import server as servers
from bailian_nb.accounts.team.leases import TeamLeases
from bailian_nb.accounts.team.member import Member
from bailian_nb.accounts.team.money import TeamMoney
from bailian_nb.accounts.team.server import Away, Server
from bailian_nb.config import settings
from bailian_nb.config.server_address import ServerAddress, without_password
from bailian_nb.errors import InvalidRequest

from ...world.jumping_clock import until
from ...world.team import NO_SERVER, RealRedis, entered, find_server, free_port

Start = Callable[..., RealRedis]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start servers of our own; the tests that need one are skipped, loudly, where there is none."""
    program, started = find_server(), list[RealRedis]()
    if program is None:
        pytest.skip(NO_SERVER)

    def one(*options: str) -> RealRedis:
        folder = tmp_path / f"redis{len(started)}"
        folder.mkdir()
        found = RealRedis(program, folder, *options)
        started.append(found)
        found.start()
        return found

    yield one
    for each in started:
        each.kill()


@pytest.mark.parametrize(
    "url", ["http://host", "host:6379", "redis:/host", "redis://host:port/0", "redis+sentinel://a:1,b:2", "redis://[x"]
)
def test_an_address_that_no_client_reads_is_one_line(url: str) -> None:
    with pytest.raises(InvalidRequest, match=r"^BAILIAN_NB_LIMITS must be the address of a Redis, such as [^\n]+$"):
        Server.open(url)


def _in_full(error: BaseException) -> str:
    """Return what `%xmode Verbose` shows of an error, without the frame of the test itself."""
    assert error.__traceback__ is not None
    return "\n".join(VerboseTB().structured_traceback(type(error), error, error.__traceback__.tb_next))


@pytest.mark.parametrize(
    "url",
    [
        "rediss://anna:s3cret@host:6379/0",
        "redis://:s3cret/and@more@host:6379/0",
        "redis://anna:a#s3cret@host",
        "redis://anna:a?s3cret@host",
        "redis:/anna:s3cret@host",
        "redis:anna:s3cret@host",
        "rediss//:s3cret@host",
        "anna:s3cret@host",
        ":s3cret@host",
        "http://anna:s3cret@host",
        "unix:///run/redis.sock?password=s3cret&db=1",
        "redis://host?db=1&%70assword=s3cret",
        "redis+sentinel://:s3cret@host:port/name",
    ],
)
def test_no_password_is_shown_however_the_address_is_written(url: str) -> None:
    assert "s3cret" not in without_password(url)
    assert "s3cret" not in f"{ServerAddress(url)} {ServerAddress(url)!r}"
    address, said = ServerAddress(url), ""
    try:
        Server.open(address)
    except InvalidRequest as error:
        said = _in_full(error)
    assert "s3cret" not in said
    assert said or url.startswith(("rediss://", "redis://host", "unix"))


def test_what_is_no_secret_stays_to_be_seen() -> None:
    assert without_password("rediss://anna:s3cret@host:6379/0") == "rediss://...@host:6379/0"
    assert without_password("unix:///run/redis.sock?password=s3cret&db=1") == "unix:///run/redis.sock?password=...&db=1"
    assert without_password("redis+sentinel://a:1,b:2/main/0") == "redis+sentinel://a:1,b:2/main/0"


def test_a_password_is_in_no_traceback_of_another_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAILIAN_NB_LIMITS", "redis://:s3cret@host:6379/0")
    monkeypatch.setenv("BAILIAN_NB_MAX_COST", "much")
    with pytest.raises(InvalidRequest) as caught:
        config.load()
    said = _in_full(caught.value)
    assert "redis://...@host:6379/0" in said
    assert "s3cret" not in said


@pytest.mark.parametrize("value", ['["redis://:s3cret@h"]', '{url = "redis://:s3cret@h"}', "1979-05-27"])
def test_a_password_in_a_setting_of_another_type_is_not_shown(value: str) -> None:
    path = settings._user_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"limits = {value}\n")
    with pytest.raises(InvalidRequest, match=r"^config\.toml: setting limits must be text, got None$") as caught:
        config.load()
    assert "s3cret" not in _in_full(caught.value)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("redis://host/prod", "no number of a database"),
        ("redis://host/1/2", "no number of a database"),
        ("redis://host/-1", "no number of a database"),
        ("redis+cluster://host/a", "no number of a database"),
        ("redis+sentinel://host/main/a", "no number of a database"),
        ("redis://host:0/0", "its port is 0"),
        ("redis://host/0?no_such_option=1", "one of the options"),
        ("redis://host/0?socket_timeout=soon", "one of the options"),
        ("redis://:a/b@host/0", "in a password write %2F for /"),
        ("unix://", "the path of the socket is missing"),
    ],
)
def test_what_redis_py_reads_in_a_way_of_its_own_is_refused(url: str, reason: str) -> None:
    with pytest.raises(InvalidRequest, match=f"^BAILIAN_NB_LIMITS must be the address of a Redis[^\n]*{reason}"):
        Server.open(url)


def test_a_password_behind_sentinels_is_decoded_as_everywhere() -> None:
    client = Server.open("redis+sentinel://anna:a%2Fb@host:1,[::1]:2/main/3")._client
    ways = client.connection_pool.connection_kwargs
    assert (ways["username"], ways["password"], ways["db"]) == ("anna", "a/b", 3)
    hosts = [each.connection_pool.connection_kwargs for each in client.connection_pool.sentinel_manager.sentinels]
    assert [(each["host"], each["port"]) for each in hosts] == [("host", 1), ("::1", 2)]


@pytest.mark.redis
def test_what_no_time_mends_is_refused_and_not_waited_for(start: Start) -> None:
    plain, locked = start(), start("--requirepass", "right")
    for url in (
        f"redis://127.0.0.1:{plain.port}/99",
        f"redis+cluster://127.0.0.1:{plain.port}",
        f"redis+cluster://:wrong@127.0.0.1:{locked.port}",
        "redis://a..b:1/0",
    ):
        with pytest.raises(InvalidRequest, match=r"^BAILIAN_NB_LIMITS names [^\n]*, which cannot be used: [^<\n]+$"):
            Server.open(url).check()


@pytest.mark.redis
def test_a_wrong_password_and_none_are_one_line(start: Start) -> None:
    server = start("--requirepass", "right")
    for login in ("", ":wrong@", "anna:wrong@"):
        url = f"redis://{login}127.0.0.1:{server.port}/0"
        with pytest.raises(
            InvalidRequest, match=r"^BAILIAN_NB_LIMITS names [^\n]*user name or password is wrong"
        ) as no:
            Server.open(url).check()
        assert "wrong@" not in str(no.value)
    Server.open(f"redis://:right@127.0.0.1:{server.port}/0").check()


@pytest.mark.redis
def test_a_certificate_that_is_unknown_is_one_line(start: Start, tmp_path: Path) -> None:
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    subprocess.run([*made, "-keyout", "key.pem", "-out", "cert.pem"], cwd=tmp_path, check=True, capture_output=True)
    port = free_port()
    names = ["--tls-cert-file", str(tmp_path / "cert.pem"), "--tls-key-file", str(tmp_path / "key.pem")]
    start("--tls-port", str(port), *names, "--tls-auth-clients", "no")
    said = r"no TLS connection: its certificate is not trusted here \(self-signed certificate\); \?ssl_ca_certs=FILE"
    with pytest.raises(InvalidRequest, match=rf"^BAILIAN_NB_LIMITS names rediss://[^\n]*: {said}[^\n]+$"):
        Server.open(f"rediss://127.0.0.1:{port}/0").check()
    Server.open(f"rediss://127.0.0.1:{port}/0?ssl_cert_reqs=none").check()


def test_a_name_that_is_no_host_is_one_line_and_a_port_where_nobody_listens_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = socket.getaddrinfo

    def answered_at_once(host: str, *more: Any, **named: Any) -> Any:
        if host == "nowhere.invalid":  # a machine without a network asks for ten seconds before it says so
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return real(host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", answered_at_once)
    with pytest.raises(InvalidRequest, match=r"^BAILIAN_NB_LIMITS names [^\n]*: no host of that name; "):
        Server.open("redis://nowhere.invalid:6379/0").check()
    for scheme in ("redis", "redis+cluster", "redis+sentinel"):
        server = Server.open(f"{scheme}://127.0.0.1:{free_port()}/0")
        with pytest.raises(Away, match=r"refused|no sentinel answers"):
            server.check()
        with pytest.raises(Away):
            server.run("late", ["{a}x", "{a}y"])


@pytest.mark.parametrize("scheme", ["redis", "redis+cluster"])
def test_a_server_that_says_nothing_holds_the_first_call_up_for_a_moment_and_is_told_later(
    scheme: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(members, "AT_ONCE", 0.01)
    monkeypatch.setattr(servers, "SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = Server.open(f"{scheme}://127.0.0.1:{silent.getsockname()[1]}/0")
        member = Member(server, "account", kernel=lambda: "k", owner="")
        member.check()
        assert member.away == "", "nobody waits for that"
        until(lambda: member.away)
    assert "nothing new is sent until it is back" in caplog.text


def test_a_server_that_is_refused_at_once_is_one_line() -> None:
    member = Member(Server.open("redis://nowhere.invalid:6379/0"), "account", kernel=lambda: "k", owner="")
    with pytest.raises(InvalidRequest, match="no host of that name"):
        member.check()


def test_a_line_that_is_hung_up_while_a_beat_waits_is_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    member = Member(Server.open("redis://127.0.0.1:1/0"), "account", kernel=lambda: "k", owner="")

    def hung_up() -> None:
        raise ValueError("I/O operation on closed file")

    member._do(hung_up)
    assert "I/O operation" in caplog.text
    caplog.clear()
    member.close()
    member._do(hung_up)
    assert caplog.text == ""


def test_the_line_is_chinese_where_the_language_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAILIAN_NB_LANG", "zh")
    with pytest.raises(InvalidRequest, match="找不到该名称的主机"):
        Server.open("redis://nowhere.invalid:6379/0").check()


@pytest.mark.redis
def test_scripts_run_on_a_real_server_with_its_clock_and_a_place_given_back_is_taken_at_once(start: Start) -> None:
    server = start()
    members = [_member(server, name) for name in ("a", "b")]
    for each in members:
        assert isinstance(TeamLeases(each, "running:m", 1).enter(), Wait), "it came up a moment ago"
    Server.open(server.url)._client.hset(members[0].key("life"), "born", 0)
    first, second = (TeamLeases(each, "running:m", 1) for each in members)
    leave = entered(first)
    assert isinstance(second.enter(), Wait)
    leave()
    entered(second)


@pytest.mark.redis
def test_a_server_that_was_killed_is_away_and_back_and_knows_what_it_had_written_down(start: Start) -> None:
    server = start()
    member = _member(server, "a")
    places = TeamLeases(member, "running:m", 1)
    places.enter()
    Server.open(server.url)._client.hset(member.key("life"), "born", 0)
    entered(places)
    server.kill()
    found = TeamLeases(member, "running:m", 1).enter()
    assert isinstance(found, Wait)
    assert "refused" in found.away
    server.start()
    other = TeamLeases(_member(server, "b"), "running:m", 1)
    assert isinstance(other.enter(), Wait)
    assert other.enter().elsewhere == 1  # type: ignore[union-attr]
    server.kill(data=False)
    server.start()
    found = other.enter()
    assert isinstance(found, Wait)
    assert found.cold > 0, "an empty server hands out nothing at first"


@pytest.mark.redis
def test_a_cluster_that_is_named_as_one_server_and_the_other_way_round_is_one_line(start: Start) -> None:
    bus = ("--cluster-port", str(free_port()))  # by itself 10000 above the other, which may be too high
    plain, node = start(), start("--cluster-enabled", "yes", *bus)
    with pytest.raises(InvalidRequest, match=r"^BAILIAN_NB_LIMITS names [^\n]*: it is no cluster: [^\n]+$"):
        Server.open(f"redis+cluster://127.0.0.1:{plain.port}/0").check()
    with pytest.raises(InvalidRequest, match=r"^BAILIAN_NB_LIMITS names [^\n]*: it is part of a cluster: [^\n]+$"):
        Server.open(node.url).check()
    Server.open(node.url)._client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
    cluster = Server.open(f"redis+cluster://127.0.0.1:{node.port}/0")
    until(lambda: _checks(cluster))
    assert isinstance(TeamLeases(_of(cluster, "a"), "running:m", 1).enter(), Wait)
    with closing(cluster.listen("calls")):
        pass


@pytest.mark.seldom
@pytest.mark.redis
def test_a_server_that_takes_no_write_now_is_away_and_says_why(start: Start) -> None:
    master = start()
    replica, full = start("--replicaof", "127.0.0.1", str(master.port)), start("--maxmemory", "100kb")
    until(lambda: Server.open(replica.url)._client.info("replication")["master_link_status"] == "up")
    for server, why in (
        (replica, "it is a replica, which cannot be written"),
        (full, r"its memory is full \(maxmemory\)"),
    ):
        with pytest.raises(Away, match=f"^{why}$"):
            Server.open(server.url).check()
        found = TeamLeases(_member(server, "a"), "running:m", 1).enter()
        assert re.fullmatch(why, found.away)  # type: ignore[union-attr]
    Server.open(full.url)._client.config_set("maxmemory", "0")
    assert not TeamLeases(_member(full, "a"), "running:m", 1).enter().away  # type: ignore[union-attr]


def test_an_old_version_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    from redis.exceptions import ResponseError

    said = "Error running script: Write commands not allowed after non deterministic commands. Call redis.replicate_co"
    server = Server(SimpleNamespace(ping=bool, register_script=lambda text: partial(_refuse, ResponseError(said))))
    with pytest.raises(InvalidRequest, match=r": its version is too old: Redis 5 or newer, or Valkey, is needed; "):
        server.check()


@pytest.mark.redis
def test_scripts_that_the_server_forgot_are_given_to_it_again(start: Start) -> None:
    server = start()
    member = _member(server, "a")
    Server.open(server.url)._client.hset(member.key("life"), mapping={"id": "x", "born": 0})
    places = TeamLeases(member, "running:m", 2)
    entered(places)
    member.server._client.script_flush()
    entered(places)
    assert not member.away


@pytest.mark.redis
def test_a_server_that_stands_still_is_away_and_what_it_granted_meanwhile_is_one_place(start: Start) -> None:
    server = start()
    one, other = (TeamLeases(_member(server, name), "running:m", 2) for name in "ab")
    Server.open(server.url)._client.hset(one._member.key("life"), mapping={"id": "x", "born": 0})
    assert server._process is not None
    server._process.send_signal(signal.SIGSTOP)
    assert one.enter().away == "no answer within 2 s"  # type: ignore[union-attr]
    server._process.send_signal(signal.SIGCONT)
    until(lambda: not isinstance(one.enter(), Wait))
    entered(other)
    assert other.enter().elsewhere == 1, "the place that was granted while nobody heard it is the same"  # type: ignore[union-attr]


def _refuse(error: Exception, **_: object) -> None:
    raise error


def _checks(server: Server) -> bool:
    try:
        server.check()
    except Away:
        return False
    return True


def _member(server: RealRedis, name: str) -> Member:
    return _of(Server.open(server.url), name)


def _of(server: Server, name: str) -> Member:
    member = Member(server, "0123", kernel=lambda: name, owner=name)
    member.begun = True
    return member


@pytest.mark.seldom
def test_nothing_of_redis_is_imported_without_an_address() -> None:
    code = "import sys, bailian_nb.session.session, bailian_nb.accounts.registry; print('redis' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_keys_of_one_account_lie_in_one_slot_of_a_cluster() -> None:
    member = Member(Server(None), "0123", kernel=str, owner="o")
    assert re.fullmatch(r"bnb:\{0123\}:running:m:held", member.key("running:m", "held"))


@pytest.mark.seldom
@pytest.mark.redis
def test_a_cluster_and_the_master_that_sentinels_name_are_reached_by_their_addresses(
    start: Start, tmp_path: Path
) -> None:
    bus = ("--cluster-port", str(free_port()))  # by itself 10000 above the other, which may be too high
    node, master, port = start("--cluster-enabled", "yes", *bus), start(), free_port()
    with Server.open(node.url)._client as client:
        client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
    config = tmp_path / "sentinel.conf"
    config.write_text(f"port {port}\nbind 127.0.0.1\nsentinel monitor mymaster 127.0.0.1 {master.port} 1\n")
    watching = subprocess.Popen([find_server() or "", str(config), "--sentinel"], stdout=subprocess.DEVNULL)
    try:
        for url in (f"redis+cluster://127.0.0.1:{node.port}", f"redis+sentinel://127.0.0.1:{port}/mymaster/0"):
            until(partial(_takes_no_place, url))
    finally:
        watching.kill()
        watching.wait()


def _takes_no_place(url: str) -> bool:
    """Tell whether the server is there, and hands out nothing since it came up a moment ago."""
    server = Server.open(url)
    try:
        server.check()
        member = Member(server, "0123", kernel=lambda: "k", owner="o")
        member.begun = True
        found = TeamLeases(member, "running:m", 1).enter()
        assert TeamMoney(member, "m").reserve("r", 1.0, {}) is False
    except Away as error:
        print(error)
        return False
    finally:
        server.close()
    return isinstance(found, Wait) and found.cold > 0


def test_why_the_system_makes_no_connection_is_said_in_the_users_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAILIAN_NB_LANG", "zh")
    with pytest.raises(Away, match=r"^连接被拒绝$"):
        Server.open(f"redis://127.0.0.1:{free_port()}/0").run("check", ["bnb:{check}"])


def test_a_file_of_certificates_that_is_not_there_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match=r"got rediss://.*: ssl_ca_certs cannot be read: No such file"):
        Server.open(f"rediss://here:6380/0?ssl_ca_certs={tmp_path / 'ca.crt'}")
