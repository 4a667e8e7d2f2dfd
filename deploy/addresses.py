"""The addresses at which others in the network reach this machine, found without any request."""

import ipaddress
import socket
import struct
import sys
from collections.abc import Iterator

# An address reserved for documentation (RFC 5737): no host has it.
_NOBODY = ("203.0.113.1", 9)


def in_the_network() -> list[str]:
    """List this machine's IPv4 addresses that other machines can open, the likeliest first.

    Returns
    -------
    list of str
        Numeric addresses. Empty where the machine is in no network.
    """
    found = dict.fromkeys([*_of_the_default_route(), *_of_interfaces()])
    return [address for address in found if _is_for_others(address)]


def _of_the_default_route() -> Iterator[str]:
    """Find the source address of the default route. Connecting a UDP socket sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        try:
            way.connect(_NOBODY)
        except OSError:  # no route
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
            except OSError:  # an interface without an address
                continue
            yield socket.inet_ntoa(answer[20:24])


def _is_for_others(address: str) -> bool:
    number = ipaddress.ip_address(address)
    return not (number.is_loopback or number.is_link_local or number.is_unspecified)


def is_number(name: str) -> bool:
    """Tell whether a host is a numeric IP address, which DNS cannot point elsewhere."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_this_machine(name: str) -> bool:
    """Tell whether a host is localhost or a loopback address."""
    return name == "localhost" or (is_number(name) and ipaddress.ip_address(name).is_loopback)
