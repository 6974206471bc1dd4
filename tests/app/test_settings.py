"""Settings: where they come from, what is refused and what the refusal says."""

from __future__ import annotations

import pytest

from dunnock.app.settings import BadSettings, load
from dunnock.foundation.settings import Settings


def test_an_empty_directory_is_enough(tmp_path):
    settings = load(tmp_path, environ={})
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.domain == "127.0.0.1:8000"
    assert settings.database == f"sqlite:///{tmp_path}/dunnock.db"


# What joins the server to something that only some run, or is shown and no more, or is strict: nobody else needs to know of it.
OF_OTHERS = {
    "translate_url", "translate_key", "smtp_url", "mail_from", "contact_email", "trends_need_review", "authorized_fetch",
    "publish_indicators", "recommend", "copies_gb", "min_age", "unknown_age",
}  # fmt: skip


def test_there_are_at_most_fifteen_that_anybody_needs():
    names = set(Settings.__struct_fields__) - {"data"}
    assert names >= OF_OTHERS
    assert len(names - OF_OTHERS) <= 15


def test_the_command_line_wins_over_variables_and_these_over_the_file(tmp_path):
    (tmp_path / "dunnock.toml").write_text(
        'title = "File"\nport = 1\nsign_up = "open"\ntrusted_proxies = ["10.0.0.0/8"]\n'
    )
    environ = {"DUNNOCK_TITLE": "Variable", "DUNNOCK_PORT": "2", "DUNNOCK_DATA": "/elsewhere", "OTHER": "x"}
    settings = load(tmp_path, environ=environ, flags={"port": 3, "workers": None})
    assert (settings.title, settings.port, settings.sign_up, settings.workers) == ("Variable", 3, "open", 1)
    assert settings.trusted_proxies == ("10.0.0.0/8",)


def test_lists_in_variables_are_split_by_commas(tmp_path):
    environ = {"DUNNOCK_TRUSTED_PROXIES": "10.0.0.0/8,::1/128"}
    assert load(tmp_path, environ=environ).trusted_proxies == ("10.0.0.0/8", "::1/128")
    assert load(tmp_path, environ={"DUNNOCK_TRUSTED_PROXIES": ""}).trusted_proxies == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("tittle = 'x'", "Did you mean `title`?"),
        ("zzzz = 1", "Known settings: public_url"),
        ("port = 'many'", "port in"),
        ("port = 70000", "<= 65535"),
        ("sign_up = 'maybe'", "sign_up in"),
        ("public_url = 'example.org'", "must look like https://example.org"),
        ("public_url = 'https://example.org/'", "without a path or a slash at the end"),
        ("database_url = 'mysql://x'", "must begin with postgresql://"),
        ("redis_url = 'http://x'", "must begin with redis://"),
        ("trusted_proxies = ['nonsense']", "network ranges like 10.0.0.0/8"),
        ("smtp_url = 'http://x'", "must look like smtp://USER:PASSWORD@HOST:587"),
        ("smtp_url = 'smtp://x?tls=maybe'", "may have ?tls=always or ?tls=never"),
        ("mail_from = 'Birds <a@b.example>'", "must be an address like"),
        ("title = ", "is not valid TOML"),
        ("data = '/x'", "There is no such setting"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, text, says):
    (tmp_path / "dunnock.toml").write_text(text)
    with pytest.raises(BadSettings) as refused:
        load(tmp_path, environ={})
    assert says in str(refused.value)


def test_an_unknown_variable_names_the_right_one(tmp_path):
    with pytest.raises(BadSettings, match="DUNNOCK_PUBLIC_URL"):
        load(tmp_path, environ={"DUNNOCK_PUBLICURL": "https://example.org"})


def test_every_setting_is_heard_as_a_variable(tmp_path):
    """DUNNOCK_DATA is none of them, though another begins like it."""
    url = "postgresql://somebody@127.0.0.1/house"
    environ = {"DUNNOCK_DATABASE_URL": url, "DUNNOCK_DATA": "elsewhere", "DUNNOCK_TEST_KILLS": "3"}
    assert load(tmp_path, environ=environ).database == url


@pytest.mark.parametrize("url", ["https://birds.example", "http://127.evil.example", "http://10.0.0.1:8000"])
def test_dev_is_refused_where_strangers_reach_the_server(tmp_path, url):
    with pytest.raises(BadSettings, match="only reached from this machine"):
        load(tmp_path, environ={"DUNNOCK_DEV": "1", "DUNNOCK_PUBLIC_URL": url})
    assert load(tmp_path, environ={"DUNNOCK_PUBLIC_URL": url}).beyond == ()


def test_dev_is_refused_for_an_address_of_the_network(tmp_path):
    with pytest.raises(BadSettings, match="only reached from this machine"):
        load(tmp_path, environ={"DUNNOCK_DEV": "1", "DUNNOCK_HOST": "192.0.2.7"})


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:80", "http://a.localhost"])
def test_dev_opens_sixteen_loopback_addresses_to_requests(tmp_path, url):
    settings = load(tmp_path, environ={"DUNNOCK_PUBLIC_URL": url}, flags={"dev": True})
    assert settings.beyond == ("127.0.0.0/28",)
    assert settings.plain_http
    assert not load(tmp_path, environ={"DUNNOCK_PUBLIC_URL": url}).plain_http
