"""Which addresses and URLs are called at all."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hivesync_server.adapters.outbound.addresses import is_public
from hivesync_server.adapters.outbound.targets import TargetRefused, read_target
from hypothesis import given
from hypothesis import strategies as st

NOT_PUBLIC = (
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::8.8.8.8",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b::a00:1",
    "64:ff9b:1::808:808",
    "100::1",
    "2001::1",
    "2001:0:808:808::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:808:808::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "2606:4700::1111%eth0",
    "fec0::1",
    "ff02::1",
    "localhost",
    "",
    "127.1",
    "0177.0.0.1",
    "2130706433",
)
PUBLIC = (
    "1.1.1.1",
    "8.8.8.8",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2606:4700:4700::1111",
    "2a00:1450:4001:81b::200e",
    "64:ff9b::808:808",
)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_what_is_not_public_is_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_public_passes(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4) | st.ip_addresses(v=6, network="2000::/3"))
def test_nothing_passes_that_python_knows_to_be_special(address: IPv4Address | IPv6Address) -> None:
    if is_public(str(address)):
        assert address.is_global
        assert not address.is_multicast


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/hooks?room=1",
        "https://example.com:443",
        "https://example.com:8443/a/b",
        "https://bücher.example/ü",
        "https://1.1.1.1/x",
        "https://[2606:4700:4700::1111]:8443/x",
        "https://a_b.example.com/",
        "https://7.example.com/",
    ],
)
def test_public_https_urls_are_targets(url: str) -> None:
    assert read_target(url).is_tls


def test_a_host_is_read_as_dns_wants_it() -> None:
    assert read_target("https://BÜCHER.Example/x").host == "xn--bcher-kva.example"
    assert read_target("https://[2606:4700:4700::1111]/x").host == "2606:4700:4700::1111"


REFUSED = (
    "",
    "example.com/hooks",
    "//example.com/hooks",
    "/hooks",
    "https://",
    "https:///hooks",
    "http://example.com/",
    "HTTP://example.com/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://example.com/",
    "javascript:alert(1)",
    "https://user@example.com/",
    "https://user:pass@example.com/",
    "https://@example.com/",
    "https://:@example.com/",
    "https://example.com@127.0.0.1/",
    "https://example.com/#fragment",
    "https://example.com:22/",
    "https://example.com:25/",
    "https://example.com:80/",
    "https://example.com:0/",
    "https://example.com:65536/",
    "https://example.com:https/",
    "https://example.com\\@127.0.0.1/",
    "https://example.com /",
    " https://example.com/",
    "https://example.com/a\nb",
    "https://example.com/\r\nHost: x",
    "https://exa\tmple.com/",
    "https://exam\u00adple\u3002com\u2024/",
    "https://127.0.0.1/",
    "https://localhost/",
    "https://LOCALHOST/",
    "https://10.1.2.3/",
    "https://169.254.169.254/latest/meta-data/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fd00::1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://2130706433/",
    "https://134744072/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://8.8.8/",
    "https://8.8.8.08/",
    "https://8.8.8.8./",
    "https://example.com./",
    "https://example..com/",
    "https://-example.com/",
    "https://example.0x10/",
    "https://%31%32%37.0.0.1/",
    "https://１２７.０.０.１/",
    "https://①②⑦.0.0.1/",
    "https://exa mple.com/",
    "https://" + "a" * 64 + ".com/",
    "https://example.com/" + "a" * 2000,
)


@pytest.mark.parametrize("url", REFUSED)
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(TargetRefused):
        read_target(url)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080/x", "http://localhost:8080/x", "https://[::1]:8443/x"]
)
def test_this_machine_is_a_target_in_local_development_only(url: str) -> None:
    assert read_target(url, loopback_allowed=True)
    with pytest.raises(TargetRefused):
        read_target(url)


@pytest.mark.parametrize(
    "url",
    ["http://example.com/", "http://10.0.0.1:8080/", "https://10.0.0.1/", "http://[::ffff:127.0.0.1]:8080/"],
)
def test_local_development_opens_nothing_else(url: str) -> None:
    with pytest.raises(TargetRefused):
        read_target(url, loopback_allowed=True)
