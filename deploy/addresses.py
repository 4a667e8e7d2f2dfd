"""Where others in the network reach this machine, found without asking any of them."""

import ipaddress
import socket
import struct
import sys
from collections.abc import Iterator

# An address that documentation may use (RFC 5737), so nobody's.
_NOBODY = ("203.0.113.1", 9)


def in_the_network() -> list[str]:
    """List this machine's IPv4 addresses that other machines can open, the likeliest first.

    Returns
    -------
    list of str
        In numbers. Empty where the machine is in no network.
    """
    found = dict.fromkeys([*_of_the_default_route(), *_of_interfaces()])
    return [address for address in found if _is_for_others(address)]


def _of_the_default_route() -> Iterator[str]:
    """Have the system choose the way to somewhere far. Connecting by UDP sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        try:
            way.connect(_NOBODY)
        except OSError:  # there is no way
            return
        yield way.getsockname()[0]


def _of_interfaces() -> Iterator[str]:
    """Ask each interface: a laptop that is its class's hotspot may have no default route."""
    if sys.platform != "linux":
        return
    from fcntl import ioctl

    get_address = 0x8915  # SIOCGIFADDR, in Linux's sockios.h
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _, name in socket.if_nameindex():
            try:
                answer = ioctl(asking, get_address, struct.pack("256s", name.encode()))
            except OSError:  # this one has no address
                continue
            yield socket.inet_ntoa(answer[20:24])


def _is_for_others(address: str) -> bool:
    number = ipaddress.ip_address(address)
    return not (number.is_loopback or number.is_link_local or number.is_unspecified)


def is_number(name: str) -> bool:
    """Tell whether a host is called by its address in numbers, which nobody else can own."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_this_machine(name: str) -> bool:
    """Tell whether a host's name or address means, to every machine, that machine itself."""
    return name == "localhost" or (is_number(name) and ipaddress.ip_address(name).is_loopback)
