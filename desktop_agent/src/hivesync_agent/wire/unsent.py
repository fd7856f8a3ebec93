"""How much the other end of a socket has yet to take of what the operating system was given to send.

The system's buffer holds megabytes on a fast path and tells a writer of room only when a good part of it is
free. So for a slow reader it is the only place where progress shows.
"""

from __future__ import annotations

import socket
import struct
import sys

if sys.platform == "linux":
    import fcntl
    import termios

    def unsent_bytes(sock: socket.socket) -> int:
        """Count what is sent but not acknowledged, or not sent yet (`SIOCOUTQ`, tcp(7))."""
        (size,) = struct.unpack("i", fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, bytes(4)))
        return int(size)

elif sys.platform == "darwin":
    _SO_NWRITE = 0x1024

    def unsent_bytes(sock: socket.socket) -> int:
        """Count the same (`SO_NWRITE`, sys/socket.h)."""
        return sock.getsockopt(socket.SOL_SOCKET, _SO_NWRITE)

else:

    def unsent_bytes(sock: socket.socket) -> int:
        """Give 0: Windows does not tell. What leaves the process counts as taken there."""
        return 0
