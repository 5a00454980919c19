"""A connection to a server that is lost for good: passes on this number of requests, and ends before the next one.

    lossy.py PORT REQUESTS

Prints its own port on 127.0.0.1.
"""

import os
import re
import socket
import sys
import threading

PORT, REQUESTS = map(int, sys.argv[1:])
# At the beginning of a line: names and XML in bodies have no such line.
REQUEST_LINE = re.compile(rb"(?m)^(?:DELETE|GET|HEAD|POST|PUT) /\S* HTTP/1\.1\r$")
lock = threading.Lock()
seen = 0


def from_client(client, server):
    global seen
    while chunk := client.recv(1 << 16):
        # A client sends the head of a request at once. A batch of Azure has further request lines in its body.
        if REQUEST_LINE.match(chunk):
            with lock:
                seen += 1
                if seen > REQUESTS:
                    os._exit(0)
        server.sendall(chunk)
    server.shutdown(socket.SHUT_WR)


def from_server(client, server):
    while chunk := server.recv(1 << 16):
        client.sendall(chunk)
    client.close()


def quietly(function, *sockets):
    try:
        function(*sockets)
    except OSError:
        pass


listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    client, _ = listener.accept()
    server = socket.create_connection(("127.0.0.1", PORT))
    for function in (from_client, from_server):
        threading.Thread(target=quietly, args=(function, client, server), daemon=True).start()
