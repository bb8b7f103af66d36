"""Stands before a real broker and refuses MQTT 5, as brokers from before 2019 do.

usage: v311_only_proxy.py BROKER_PORT answer|close
Prints "port N". A CONNECT with protocol level 5 gets a 3.1.1 CONNACK "unacceptable protocol version" (answer), or
nothing but the end of the connection (close). Everything else passes to the broker untouched.
"""

import socket
import sys
import threading

BROKER_PORT = int(sys.argv[1])
CLOSES_SILENTLY = sys.argv[2] == "close"


def read_exactly(connection, count):
    data = b""
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            raise ConnectionError
        data += piece
    return data


def pump(source, target):
    try:
        while piece := source.recv(65536):
            target.sendall(piece)
    except OSError:
        pass
    for end in (source, target):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(client):
    try:
        head = read_exactly(client, 1)
        length, shift = 0, 0
        while True:
            byte = read_exactly(client, 1)
            head += byte
            length |= (byte[0] & 0x7F) << shift
            shift += 7
            if not byte[0] & 0x80:
                break
        body = read_exactly(client, length)
    except ConnectionError:
        client.close()
        return
    level = body[6]  # after the two-byte length and "MQTT"
    if level == 5:
        if not CLOSES_SILENTLY:
            client.sendall(bytes([0x20, 0x02, 0x00, 0x01]))
        client.close()
        return
    broker = socket.create_connection(("127.0.0.1", BROKER_PORT))
    broker.sendall(head + body)
    threading.Thread(target=pump, args=(broker, client), daemon=True).start()
    pump(client, broker)


listener = socket.create_server(("127.0.0.1", 0))
print("port", listener.getsockname()[1], flush=True)


def accept_all():
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


threading.Thread(target=accept_all, daemon=True).start()
sys.stdin.read()
