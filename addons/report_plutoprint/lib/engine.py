"""Renders HTML to PDF in child processes; plain Python, no Odoo.

A ``Renderer`` is one child process (``worker.py``), used by one batch at a time. A
``Pool`` keeps idle renderers for the next batch of the same process. Both are safe with
threads, and a forked process never talks to a child of its parent.
"""

import atexit
import importlib.util
import json
import logging
import os
import queue
import struct
import subprocess
import sys
import tempfile
import threading
import time
import weakref

_logger = logging.getLogger(__name__)

HEADER = struct.Struct(">QQ")
HERE = os.path.dirname(os.path.abspath(__file__))
# Seconds for starting the child; the first start on a machine may build a font cache.
START_LIMIT = 60
# A child that has had nothing to do for so many seconds ends by itself.
IDLE_LIMIT = 300
# A child is replaced after so many documents, should the engine ever leak.
MAX_DOCUMENTS = 2000
# Idle children kept per process; more may work at the same time.
MAX_IDLE = 2
CRASHED = "The rendering process ended unexpectedly."


class RenderError(Exception):
    """A document could not be rendered.

    :param kind: ``timeout``, ``crash``, ``document`` (the engine said so) or ``start``
        (the engine itself does not work)
    """

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind


class GoneError(Exception):
    """The child ended by itself before it took the document."""


def engine_path():
    """Return the folder that holds the package ``plutoprint``.

    :raise RenderError: when it is not installed
    """
    spec = importlib.util.find_spec("plutoprint")
    if spec is None or not spec.origin:
        raise RenderError("start", "The Python package plutoprint is not installed.")
    return os.path.dirname(os.path.dirname(os.path.abspath(spec.origin)))


class Renderer:
    """One child process.

    :param roots: folders that contain addons; their ``static/`` folders can be used
    :param memory: limit of the child's address space in bytes, 0 for none
    :param cache: folder for the font cache, outside of every addon
    """

    def __init__(self, roots, memory=0, cache=None):
        self.documents = 0
        self.pid = os.getpid()
        # The (HTML, limit) in work.
        self.document = None
        self._deadline = 0
        self._frames = queue.SimpleQueue()
        # Neither passwords nor proxies of the parent are for a renderer of pages.
        environment = {
            name: os.environ[name]
            for name in ("SYSTEMROOT", "TEMP", "TMP", "LD_LIBRARY_PATH")
            if name in os.environ
        }
        environment["XDG_CACHE_HOME"] = cache or tempfile.gettempdir()
        environment["LC_ALL"] = "C.UTF-8"
        quiet = not _logger.isEnabledFor(logging.DEBUG)
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", os.path.join(HERE, "worker.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if quiet else None,
            env=environment,
            bufsize=0,
        )
        _living.add(self)
        threading.Thread(
            target=_pump,
            args=(self._process.stdout, self._frames),
            name="report_plutoprint reader",
            daemon=True,
        ).start()
        try:
            self._send(
                {
                    "path": engine_path(),
                    "fontconfig": os.path.join(HERE, "fontconfig"),
                    "roots": list(roots),
                    "memory": memory,
                    "idle": IDLE_LIMIT,
                }
            )
            values = self._receive(time.monotonic() + START_LIMIT)[0]
        except (GoneError, queue.Empty, RenderError) as error:
            self.close()
            if isinstance(error, RenderError):
                raise
            raise RenderError("start", "The rendering process did not start.") from None
        if not values.get("ready"):
            self.close()
            raise RenderError("start", values.get("error", ""))

    @property
    def alive(self):
        return self.pid == os.getpid() and self._process.poll() is None

    @property
    def busy(self):
        return self.document is not None

    def send(self, html, limit):
        """Give one document to the child and return at once.

        :param html: bytes, UTF-8
        :param limit: seconds for this document
        :raise GoneError: when the child is gone
        """
        self.document = (html, limit)
        self._deadline = time.monotonic() + limit
        self._send({"limit": limit}, html)
        self.documents += 1

    def receive(self):
        """Wait for the document that was sent last.

        :return: ``(pdf bytes, number of pages, [[url, reason], …] refused)``
        :raise RenderError: the child is closed then, unless only the document is wrong
        :raise GoneError: when the child had ended before it took the document
        """
        limit = self.document[1]
        try:
            values, body = self._receive(self._deadline)
        except queue.Empty:
            self.close()
            raise RenderError(
                "timeout", f"It took longer than {limit:g} seconds."
            ) from None
        except GoneError:
            # Ended by itself and in good order: it was idle for too long.
            if self._process.wait() == 0:
                raise
            self.close()
            raise RenderError("crash", CRASHED) from None
        self.document = None
        if not values["ok"]:
            raise RenderError("document", values["error"])
        return body, values["pages"], values["refused"]

    def close(self):
        """End the child at once."""
        _living.discard(self)
        if self.pid != os.getpid():
            return
        self._process.kill()
        self._process.wait()
        # The reader ends at the end of the output and closes that side.
        self._process.stdin.close()

    def forget(self):
        """Drop the pipes of a child that belongs to the parent of this process."""
        for pipe in (self._process.stdin, self._process.stdout):
            try:
                os.close(pipe.fileno())
            except (OSError, ValueError):
                continue

    def _send(self, values, body=b""):
        data = json.dumps(values).encode()
        try:
            for block in (HEADER.pack(len(data), len(body)) + data, body):
                view = memoryview(block)
                while view:
                    view = view[self._process.stdin.write(view) :]
        except OSError:
            raise GoneError from None

    def _receive(self, deadline):
        """Return the next frame.

        :raise queue.Empty: when none came in time
        """
        frame = self._frames.get(timeout=max(0, deadline - time.monotonic()))
        if frame is None:
            raise GoneError
        return frame


class Pool:
    """Idle renderers of this process, by their settings."""

    def __init__(self):
        self._lock = threading.Lock()
        self._idle = []

    def render(self, documents, roots, limit, memory=0, cache=None):
        """Render documents one after the other in one child.

        The next document is taken from ``documents`` while the child works on the one
        before, so that making the HTML and laying it out overlap.

        :param documents: iterable of HTML, text or bytes in UTF-8
        :param roots: see ``Renderer``, as ``memory`` and ``cache``
        :param limit: seconds per document
        :return: iterator of ``(pdf bytes, number of pages, refused)`` in the same order
        :raise RenderError: for the first document that fails; ``index`` says which
        """
        batch = _Batch(self, (tuple(roots), memory, cache))
        done = 0
        try:
            for sent, html in enumerate(documents):
                if isinstance(html, str):
                    html = html.encode()
                if not sent:
                    batch.send(html, limit)
                    continue
                result = batch.receive()
                done = sent
                batch.send(html, limit)
                yield result
            if batch.renderer:
                yield batch.receive()
        except RenderError as error:
            error.index = done
            raise
        finally:
            batch.finish()

    def take(self, settings):
        """Return an idle child with these settings, or a new one."""
        while True:
            with self._lock:
                found = next((item for item in self._idle if item[0] == settings), None)
                if found:
                    self._idle.remove(found)
            if not found:
                return Renderer(*settings)
            if found[1].alive:
                return found[1]
            found[1].close()

    def put(self, settings, renderer):
        """Keep a child for the next batch, or end it."""
        if renderer.alive and not renderer.busy and renderer.documents < MAX_DOCUMENTS:
            with self._lock:
                if len(self._idle) < MAX_IDLE:
                    self._idle.append((settings, renderer))
                    return
        renderer.close()

    def close(self):
        """End all idle children."""
        with self._lock:
            idle, self._idle = self._idle, []
        for _settings, renderer in idle:
            renderer.close()

    def forget(self):
        """Drop everything, in a process that has just been forked."""
        self._lock = threading.Lock()
        self._idle = []


class _Batch:
    """The child of one batch, replaced when it is gone or has done enough."""

    def __init__(self, pool, settings):
        self.pool = pool
        self.settings = settings
        self.renderer = None

    def send(self, html, limit):
        if self.renderer and self.renderer.documents >= MAX_DOCUMENTS:
            self.finish()
        if not self.renderer:
            self.renderer = self.pool.take(self.settings)
        try:
            self.renderer.send(html, limit)
        except GoneError:
            self._resend(html, limit)

    def receive(self):
        document = self.renderer.document
        try:
            return self.renderer.receive()
        except GoneError:
            self._resend(*document)
        try:
            return self.renderer.receive()
        except GoneError:
            raise RenderError("crash", CRASHED) from None

    def finish(self):
        if self.renderer:
            self.pool.put(self.settings, self.renderer)
            self.renderer = None

    def _resend(self, html, limit):
        """Give a document to a new child; an idle one may end at any moment."""
        self.renderer.close()
        self.renderer = Renderer(*self.settings)
        try:
            self.renderer.send(html, limit)
        except GoneError:
            raise RenderError("crash", CRASHED) from None


def _pump(stream, frames):
    """Read frames from a child until its end; ``None`` marks the end."""
    with stream:
        while True:
            header = _read(stream, HEADER.size)
            if header is None:
                break
            size, body_size = HEADER.unpack(header)
            values = _read(stream, size)
            body = _read(stream, body_size)
            if values is None or body is None:
                break
            frames.put((json.loads(values), body))
    frames.put(None)


def _read(stream, size):
    chunks = []
    while size:
        chunk = stream.read(min(size, 1 << 20))
        if not chunk:
            return None
        chunks.append(chunk)
        size -= len(chunk)
    return b"".join(chunks)


def _after_fork():
    """The children belong to the parent: close our copies of the pipes, so that each
    child sees the end of its input when the parent ends."""
    for renderer in list(_living):
        renderer.forget()
    _living.clear()
    pool.forget()


def _at_exit():
    for renderer in list(_living):
        renderer.close()


_living = weakref.WeakSet()
pool = Pool()
atexit.register(_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
