"""A Switchboard agent over HTTP that reviews Python code by its syntax tree. Needs Python 3.9 or newer, nothing else.

Replace `answer` to make another agent: the rest is the contract of docs/agents.md. Environment: HOST (127.0.0.1),
PORT (8080), SIGNING_KEY (whsec_...) and BEARER_TOKEN: without either, anybody who reaches the port is answered.
"""

import ast
import base64
import hashlib
import hmac
import json
import os
import re
import threading
import time
import warnings
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MAX_BODY_BYTES = 6 * 1024 * 1024  # Switchboard sends less
MAX_CODE_CHARACTERS = 100_000
BEARER_TOKEN = os.environ.get("BEARER_TOKEN")
SIGNING_KEY = base64.b64decode(os.environ["SIGNING_KEY"].split("_", 1)[1]) if "SIGNING_KEY" in os.environ else None
SLOTS = threading.BoundedSemaphore(8)  # at least the max_concurrent_requests that the agent is registered with
FENCE = re.compile(r"^```(?:python|py)?[ \t]*\n(.*?)^```", re.MULTILINE | re.DOTALL)


class Refused(Exception):
    """Ends a request with an HTTP status and a text for the caller."""

    def __init__(self, status, detail):
        super().__init__(detail)
        self.status, self.detail = status, detail


def review(code):
    """(line, finding) for each finding in a piece of Python."""
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        return [(error.lineno or 1, f"does not compile: {error.msg}")]
    except (ValueError, RecursionError, MemoryError):
        return [(1, "cannot be parsed: broken characters, or nested too deeply")]
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and node.type is None:
            found.append((node.lineno, "a bare except also catches KeyboardInterrupt: name the exceptions"))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("eval", "exec"):
            found.append((node.lineno, f"{node.func.id} runs whatever it is given: parse the input instead"))
        elif isinstance(node, ast.arguments):
            for default in [*node.defaults, *node.kw_defaults]:
                if isinstance(default, (ast.List, ast.Dict, ast.Set)):
                    found.append((default.lineno, "all calls share this mutable default: use None"))
    return sorted(found)


def answer(request, deadline, say):
    """Says the content, part by part, and returns the rest of the answer; gives up at `deadline` (time.monotonic)."""
    message = request["message"]
    files = [("message", code) for code in FENCE.findall(message)]
    files += [(a["name"], a["content"]) for a in request.get("attachments", []) if a["name"].endswith(".py")]
    if not files and "Traceback (most recent call last)" in message:
        say("This is an error rather than code to review.")
        return {"status": "handoff", "handoff": {"agent_type": "debugger", "reason": "a traceback"}}
    if not files:
        say("Which code? Paste Python between ``` fences or attach a .py file.")
        return {"status": "needs_input"}
    count = 0
    for name, code in files:
        if time.monotonic() > deadline:
            raise Refused(504, "no answer in time")
        found = review(code) if len(code) <= MAX_CODE_CHARACTERS else [(1, "too long: nothing was reviewed")]
        count += len(found)
        say("".join(f"- {name}, line {line}: {finding}\n" for line, finding in found))
    say(f"Findings: {count}. Only a few mistakes of form were looked for: neither design nor correctness.")
    return {"status": "completed", "metadata": {"engine": "python-ast", "findings": count}}


def read_request(body):
    """The request in a body, or None if it is a health check."""
    try:
        request = json.loads(body)
        if request.get("message_type") == "health_check":
            return None
        texts = [request["message"]] + [a[key] for a in request.get("attachments", []) for key in ("name", "content")]
        if all(isinstance(text, str) for text in texts) and request["agent_metadata"]["deadline_ms"] >= 0:
            return request
    except (ValueError, RecursionError, AttributeError, KeyError, TypeError):
        pass  # refused below, whatever it was
    raise Refused(400, "not a request of the agent contract")


def check_access(headers, body):
    """Refuses who has not what the environment asks for; before anything of the request is looked at."""
    sent = headers.get("authorization", "").encode()
    if BEARER_TOKEN is not None and not hmac.compare_digest(sent, f"Bearer {BEARER_TOKEN}".encode()):
        raise Refused(401, "the bearer token is not right")
    if SIGNING_KEY is not None:
        check_signature(headers, body)


def check_signature(headers, body):
    """Standard Webhooks: HMAC-SHA256 of id.timestamp.body, made at most five minutes ago (or ahead: clocks differ)."""
    sent_id, sent_at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    digest = hmac.new(SIGNING_KEY, f"{sent_id}.{sent_at}.".encode() + body, hashlib.sha256).digest()
    right = b"v1," + base64.b64encode(digest)
    is_right = any(hmac.compare_digest(right, one) for one in headers.get("webhook-signature", "").encode().split())
    if not (is_right and re.fullmatch("[0-9]{1,12}", sent_at) and abs(time.time() - int(sent_at)) <= 300):
        raise Refused(401, "the signature is not right")


class Agent(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 30  # seconds without a byte
    is_streaming = False

    def do_GET(self):
        try:
            check_access(self.headers, b"")  # so that a wrong key shows as bad health, before any turn
            if self.path != "/health":
                raise Refused(404, "not found")
            self.reply(200, {"status": "healthy"})
        except Refused as refused:
            self.reply(refused.status, {"detail": refused.detail})

    def do_POST(self):
        self.is_streaming = False
        try:
            body = self.read_body()
            check_access(self.headers, body)
            request = read_request(body)
            if request is None:
                self.reply(200, {"status": "healthy"})
            elif SLOTS.acquire(blocking=False):
                try:
                    self.handle_turn(request, time.monotonic() + request["agent_metadata"]["deadline_ms"] / 1000)
                finally:
                    SLOTS.release()
            else:
                raise Refused(503, "too many requests at a time")
        except Refused as refused:
            self.reply(refused.status, {"detail": refused.detail})
        except OSError:
            self.close_connection = True  # the caller is gone
        except Exception as error:
            self.log_error("failed: %s", type(error).__name__)  # its message may quote the user
            self.reply(500, {"detail": "the agent failed"})

    def read_body(self):
        length = self.headers.get("content-length", "")
        if not re.fullmatch("[0-9]{1,12}", length) or int(length) > MAX_BODY_BYTES:
            self.close_connection = True  # with the body unread, the connection is of no more use
            raise Refused(413, "a Content-Length of at most 6 MiB is needed")
        body = self.rfile.read(int(length))
        if self.headers.get_content_type() != "application/json":
            raise Refused(415, "send application/json")
        return body

    def handle_turn(self, request, deadline):
        parts = []

        def say(text):
            parts.append(text)
            if "text/event-stream" in self.headers.get("accept", ""):
                self.send_event("delta", {"text": text})

        rest = answer(request, deadline, say)
        whole = {"content": "".join(parts), **rest}
        if self.is_streaming:
            self.send_event("done", whole)
        else:
            self.reply(200, whole)

    def send_event(self, event, value):
        if not self.is_streaming:
            self.is_streaming = self.close_connection = True  # the stream ends with its connection
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
        self.wfile.write(f"event: {event}\ndata: {json.dumps(value)}\n\n".encode())

    def reply(self, status, value):
        if self.is_streaming:
            return  # too late for a status: a stream that ends without `done` has failed
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # warnings of the parser quote the user's code
    threading.stack_size(64 * 1024 * 1024)  # for deeply nested code
    server = ThreadingHTTPServer((os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8080"))), Agent)
    server.daemon_threads = True
    print(f"listening on port {server.server_port}", flush=True)
    server.serve_forever()
