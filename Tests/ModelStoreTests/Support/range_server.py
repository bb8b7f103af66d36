"""A small file server for the fetcher's tests: Range and If-Range, redirects, cut connections, request log.

usage: range_server.py FOLDER
Prints "port N" once it listens on a free loopback port, then one JSON line per request. Ends at end of input.

Query parameters of a request steer its answer:
  cut=N         send N bytes of the body, then close the connection (only for requests without Range)
  cutalways=N   the same for every request
  status=N      answer with this status and a short text
  norange=1     ignore Range
  etag=NAME     serve ETag "NAME" (default: size and modification time)
  linked=HEX    send X-Linked-Etag on a redirect, as huggingface.co does, then the file
The same parameters can be given for a path in the file FOLDER/.rules.json: {"/path": {"cut": 1000}}.
As a proxy (absolute URI in the request line) it serves the path of that URI.
"""

import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

FOLDER = os.path.realpath(sys.argv[1])
LOCK = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_HEAD(self):
        self.answer(send_body=False)

    def do_GET(self):
        self.answer(send_body=True)

    def answer(self, send_body):
        parts = urlsplit(self.path)
        rules = {}
        try:
            with open(os.path.join(FOLDER, ".rules.json"), encoding="utf-8") as file:
                rules.update(json.load(file).get(parts.path, {}))
        except FileNotFoundError:
            pass
        rules.update(parse_qsl(parts.query))
        line = {
            "method": self.command,
            "target": self.path,
            "path": parts.path,
            "host": self.headers.get("Host"),
            "range": self.headers.get("Range"),
            "if_range": self.headers.get("If-Range"),
        }
        with LOCK:
            print(json.dumps(line), flush=True)

        if "status" in rules:
            text = b"as asked\n"
            self.send_response(int(rules["status"]))
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)
            return

        path = os.path.realpath(os.path.join(FOLDER, parts.path.lstrip("/")))
        if not path.startswith(FOLDER + os.sep) or not os.path.isfile(path):
            self.send_error(404)
            return

        if "linked" in rules and "direct" not in rules:
            self.send_response(302)
            self.send_header("Location", parts.path + "?direct=1")
            self.send_header("X-Linked-Etag", '"%s"' % rules["linked"])
            self.send_header("Content-Length", "0")
            self.end_headers()
            return

        size = os.path.getsize(path)
        stat = os.stat(path)
        etag = '"%s"' % rules.get("etag", "%x-%x" % (size, stat.st_mtime_ns))
        start = 0
        wanted = self.headers.get("Range")
        if wanted and "norange" not in rules and self.headers.get("If-Range") in (None, etag):
            start = int(wanted.removeprefix("bytes=").split("-")[0])
            if start >= size:
                self.send_response(416)
                self.send_header("Content-Range", "bytes */%d" % size)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(206)
            self.send_header("Content-Range", "bytes %d-%d/%d" % (start, size - 1, size))
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(size - start))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("ETag", etag)
        self.end_headers()
        if not send_body:
            return

        left = size - start
        if "cutalways" in rules:
            left = min(left, int(rules["cutalways"]))
        elif "cut" in rules and not wanted:
            left = min(left, int(rules["cut"]))
        is_cut = left < size - start
        try:
            with open(path, "rb") as file:
                file.seek(start)
                while left > 0:
                    chunk = file.read(min(left, 1 << 18))
                    self.wfile.write(chunk)
                    left -= len(chunk)
        except (BrokenPipeError, ConnectionResetError):
            is_cut = True
        if is_cut:
            self.wfile.flush()
            self.close_connection = True

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # clients that hang up are part of the tests


server = Server(("127.0.0.1", 0), Handler)
print("port", server.server_address[1], flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
