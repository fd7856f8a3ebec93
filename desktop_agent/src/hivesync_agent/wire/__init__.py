"""HTTP/1.1 on a socket, as both sides of the relay need it; parsed by llhttp, never by hand."""
