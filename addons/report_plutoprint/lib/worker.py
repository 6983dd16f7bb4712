"""The rendering process: HTML in, PDF out, over standard input and output.

The script is started by ``engine.Renderer`` with the interpreter that runs Odoo and
imports nothing of Odoo, so that it starts fast and holds no database connection, no
session and no password. A document that crashes, loops for ever or eats the memory
ends this process only.

A frame in either direction is two big-endian 64-bit lengths, a JSON object of the
first length and a body of the second. The first frame received is the configuration,
answered by ``{"ready": true}``; every further one is a document (body: HTML in UTF-8),
answered by ``{"ok": true, "pages": n, "refused": [[url, reason], …]}`` with the PDF as
body, or by ``{"ok": false, "error": text}``. End of input ends the process.
"""

import io
import json
import os
import re
import select
import signal
import struct
import sys
import urllib.parse

try:
    import resource
except ImportError:  # not on Windows
    resource = None

# Relative addresses are resolved against this origin, which exists nowhere.
ORIGIN = "http://static.invalid"
# The engine writes the time of printing unless it is told another one; a fixed date
# makes equal input give equal bytes.
CREATION_DATE = "2000-01-01T00:00:00Z"
MODULE = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
MIME_TYPES = {
    ".bmp": "image/bmp",
    ".css": "text/css",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".otf": "font/otf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}
MAX_REFUSED = 20
MAX_REFUSED_LENGTH = 200
HEADER = struct.Struct(">QQ")


class RefusedError(Exception):
    """A resource that a document may not use; the text says why."""


class StaticFiles:
    """The files of addons' ``static/`` folders, by address.

    :param roots: folders that contain addons, in the order of the addons path
    """

    def __init__(self, roots):
        self.roots = [os.path.realpath(root) for root in roots]
        self.folders = {}
        self.contents = {}

    def _folder(self, module):
        """Return the real path of the module's ``static`` folder.

        :raise RefusedError: when no addon of that name has one
        """
        if module not in self.folders:
            for root in self.roots:
                addon = os.path.join(root, module)
                static = os.path.join(addon, "static")
                if os.path.isdir(static) and os.path.isfile(
                    os.path.join(addon, "__manifest__.py")
                ):
                    self.folders[module] = os.path.realpath(static)
                    break
            else:
                raise RefusedError("no addon with this static folder")
        return self.folders[module]

    def path(self, url):
        """Return the path of the file behind an address.

        :raise RefusedError: unless it is a file of a known type that really lies in
            the ``static`` folder of an addon, after ``..`` and links are resolved
        """
        if not url.startswith(ORIGIN + "/"):
            raise RefusedError("not an address of a static folder")
        path = urllib.parse.unquote(
            re.split(r"[?#]", url[len(ORIGIN) + 1 :], maxsplit=1)[0]
        )
        parts = path.split("/")
        if (
            len(parts) < 3
            or parts[1] != "static"
            or not MODULE.fullmatch(parts[0])
            or any(part in ("", ".", "..") for part in parts)
            or "\0" in path
            or "\\" in path
        ):
            raise RefusedError("not an address of a static folder")
        folder = self._folder(parts[0])
        real = os.path.realpath(os.path.join(folder, *parts[2:]))
        if not real.startswith(folder + os.sep):
            raise RefusedError("outside of the static folder")
        if os.path.splitext(real)[1].lower() not in MIME_TYPES:
            raise RefusedError("unsupported type of file")
        if not os.path.isfile(real):
            raise RefusedError("no such file")
        return real

    def content(self, url):
        """Return ``(content, mime type)`` of the file behind an address."""
        path = self.path(url)
        info = os.stat(path)
        stamp = (info.st_mtime_ns, info.st_size)
        known = self.contents.get(path)
        if not known or known[0] != stamp:
            with open(path, "rb") as file:
                known = (stamp, file.read())
            self.contents[path] = known
        return known[1], MIME_TYPES[os.path.splitext(path)[1].lower()]


class Channel:
    """Frames over two file descriptors."""

    def __init__(self, source, target, idle):
        self.source = source
        self.target = target
        self.idle = idle

    def receive(self):
        """Return ``(values, body)`` of the next frame, or ``None`` at the end of the
        input or when nothing came for the idle time."""
        if self.idle and os.name == "posix":
            ready, _writable, _failed = select.select([self.source], [], [], self.idle)
            if not ready:
                return None
        header = self._read(HEADER.size)
        if header is None:
            return None
        size, body_size = HEADER.unpack(header)
        values = self._read(size)
        body = self._read(body_size)
        if values is None or body is None:
            return None
        return json.loads(values), body

    def _read(self, size):
        chunks = []
        while size:
            chunk = os.read(self.source, min(size, 1 << 20))
            if not chunk:
                return None
            chunks.append(chunk)
            size -= len(chunk)
        return b"".join(chunks)

    def send(self, values, body=b""):
        data = json.dumps(values).encode()
        for block in (HEADER.pack(len(data), len(body)) + data, body):
            view = memoryview(block)
            while view:
                view = view[os.write(self.target, view) :]


class Engine:
    """PlutoPrint with a fetcher that serves static files only.

    :param plutoprint: the imported package
    :param roots: folders that contain addons
    """

    def __init__(self, plutoprint, roots):
        self.plutoprint = plutoprint
        self.files = StaticFiles(roots)
        self.refused = []
        engine = self

        class Fetcher(plutoprint.ResourceFetcher):
            """Data addresses never come here, everything else does."""

            def fetch_url(self, url):
                try:
                    content, mime_type = engine.files.content(url)
                except (RefusedError, OSError) as error:
                    engine.refuse(url, error)
                    raise
                return plutoprint.ResourceData(content, mime_type=mime_type)

        self.fetcher = Fetcher()

    def refuse(self, url, error):
        if len(self.refused) < MAX_REFUSED:
            self.refused.append([url[:MAX_REFUSED_LENGTH], str(error)])

    def render(self, html):
        """Return ``(pdf, number of pages)`` of an HTML text."""
        self.refused = []
        book = self.plutoprint.Book(
            self.plutoprint.PAGE_SIZE_A4, self.plutoprint.PAGE_MARGINS_NORMAL
        )
        book.custom_resource_fetcher = self.fetcher
        book.load_html(html, base_url=ORIGIN + "/")
        book.set_metadata(self.plutoprint.PDF_METADATA_CREATION_DATE, CREATION_DATE)
        stream = io.BytesIO()
        book.write_to_pdf_stream(stream)
        return stream.getvalue(), book.get_page_count()


def limit_process(memory):
    """Forbid core dumps and writing to files, and bound the address space.

    :param memory: bytes, 0 for no limit
    """
    if resource is None:
        return
    limits = [(resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)]
    if memory:
        limits.append((resource.RLIMIT_AS, memory))
    for kind, value in limits:
        hard = resource.getrlimit(kind)[1]
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
        try:
            resource.setrlimit(kind, (value, hard))
        except (ValueError, OSError):  # macOS has no limit of the address space
            continue


def start(configuration):
    """Import the engine and render one page, so that fonts are loaded."""
    # At the end: the folder may hold packages named like standard modules.
    sys.path.append(configuration["path"])
    import plutoprint  # noqa: PLC0415 - the path comes with the configuration

    plutoprint.plutobook_set_fontconfig_path(configuration["fontconfig"])
    engine = Engine(plutoprint, configuration["roots"])
    engine.render("<p>\u04d8<b>\u049a</b></p>")
    limit_process(configuration["memory"])
    return engine


def main():
    # Whatever native code prints must not get between the frames.
    target = os.dup(1)
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 1)
    channel = Channel(os.dup(0), target, 0)
    frame = channel.receive()
    if frame is None:
        return
    configuration = frame[0]
    channel.idle = configuration["idle"]
    try:
        engine = start(configuration)
    except Exception as error:  # noqa: BLE001 - the parent has to be told
        channel.send({"ready": False, "error": f"{type(error).__name__}: {error}"})
        return
    channel.send({"ready": True})
    alarm = getattr(signal, "alarm", None)
    while (frame := channel.receive()) is not None:
        values, body = frame
        if alarm:
            # The parent ends a process that hangs. Should the parent be gone, the
            # system does: the default action works inside native code, too.
            alarm(int(values["limit"]) + 5)
        try:
            pdf, pages = engine.render(body.decode())
            answer = {"ok": True, "pages": pages}
        except Exception as error:  # noqa: BLE001 - the parent has to be told
            pdf = b""
            answer = {"ok": False, "error": f"{type(error).__name__}: {error}"}
        if alarm:
            alarm(0)
        answer["refused"] = engine.refused
        channel.send(answer, pdf)


if __name__ == "__main__":
    main()
