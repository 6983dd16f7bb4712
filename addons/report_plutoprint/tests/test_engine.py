import base64
import io
import os
import socket
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

from pypdf import PdfReader

from odoo.tests import BaseCase
from odoo.tools import file_path

from ..lib import engine
from ..lib.worker import RefusedError, StaticFiles
from .common import GREEDY, HANGING, pages, text

ADDON = file_path("report_plutoprint")
ROOTS = [os.path.dirname(ADDON)]
MEBIBYTE = 1 << 20


class TestEngine(BaseCase):
    def setUp(self):
        super().setUp()
        self.pool = engine.Pool()
        self.addCleanup(self.pool.close)

    def render(self, documents, limit=30, memory=0):
        return list(self.pool.render(documents, ROOTS, limit, memory))

    def test_order_and_one_child(self):
        started = []
        original = engine.Renderer.__init__

        def init(renderer, *args, **kwargs):
            started.append(renderer)
            original(renderer, *args, **kwargs)

        with patch.object(engine.Renderer, "__init__", init):
            results = self.render([f"<p>Number {i}</p>" for i in range(20)])
            self.render(["<p>Again</p>"])
        self.assertEqual(len(started), 1)
        self.assertEqual(
            [text(pdf).strip() for pdf, _pages, _refused in results],
            [f"Number {i}" for i in range(20)],
        )
        self.assertEqual([count for _pdf, count, _refused in results], [1] * 20)

    def test_no_documents(self):
        self.assertEqual(self.render([]), [])

    def test_same_bytes(self):
        """Neither the time nor the process shows in the bytes."""
        html = "<html lang=kk><title>Т</title><p>Қазақ <b>тілі</b> <i>ә</i></p></html>"
        first = self.render([html])[0][0]
        time.sleep(1.1)
        second = self.render([html])[0][0]
        self.pool.close()
        third = self.render(["<p>other</p>", html])[1][0]
        self.assertEqual(first, second)
        self.assertEqual(first, third)

    def test_kazakh_letters_and_signs(self):
        letters = "Ә ә Ғ ғ Қ қ Ң ң Ө ө Ұ ұ Ү ү Һ һ І і № « » – — … ₸ ☐ ☑"
        for family in ("Times New Roman", "Arial", "serif", "sans-serif", "unknown"):
            for tag in ("span", "b", "i"):
                html = f"<p style='font-family: {family}'><{tag}>{letters}</{tag}></p>"
                pdf = self.render([html])[0][0]
                self.assertEqual(text(pdf).split(), letters.split(), (family, tag))
                self.assertNotIn(b"DejaVu", pdf)

    def test_hanging_document(self):
        start = time.monotonic()
        with self.assertRaises(engine.RenderError) as caught:
            self.render(["<p>fine</p>", HANGING, "<p>fine</p>"], limit=1)
        self.assertEqual(
            (caught.exception.kind, caught.exception.index), ("timeout", 1)
        )
        self.assertLess(time.monotonic() - start, 10)
        self.assertEqual(text(self.render(["<p>next</p>"])[0][0]).strip(), "next")

    def test_memory_limit(self):
        with self.assertRaises(engine.RenderError) as caught:
            self.render(["<p>fine</p>", "<p>fine</p>", GREEDY], memory=600 * MEBIBYTE)
        self.assertEqual((caught.exception.kind, caught.exception.index), ("crash", 2))
        self.assertEqual(text(self.render(["<p>next</p>"])[0][0]).strip(), "next")

    def test_wrong_document_keeps_the_child(self):
        with self.assertRaises(engine.RenderError) as caught:
            self.render([b"<p>\xff</p>"])
        self.assertEqual(caught.exception.kind, "document")
        self.assertEqual(len(self.pool._idle), 1)

    def test_failing_source_ends_the_child(self):
        """The document in work when the source fails is not mixed up with the next."""

        def source():
            yield "<p>first</p>"
            raise ZeroDivisionError

        with self.assertRaises(ZeroDivisionError):
            self.render(source())
        self.assertEqual(text(self.render(["<p>next</p>"])[0][0]).strip(), "next")

    def test_child_killed_while_idle(self):
        self.render(["<p>one</p>"])
        process = self.pool._idle[0][1]._process
        process.kill()
        process.wait()
        self.assertEqual(text(self.render(["<p>two</p>"])[0][0]).strip(), "two")

    def test_idle_child_ends_by_itself(self):
        with patch.object(engine, "IDLE_LIMIT", 0.2):
            self.render(["<p>one</p>"])
            process = self.pool._idle[0][1]._process
            self.assertEqual(process.wait(10), 0)
            # And between two documents of a batch: the source is slow.

            def source():
                yield "<p>two</p>"
                yield "<p>three</p>"
                time.sleep(0.5)
                yield "<p>four</p>"

            results = self.render(source())
        self.assertEqual(
            [text(pdf).strip() for pdf, _pages, _refused in results],
            ["two", "three", "four"],
        )

    def test_child_replaced_after_many_documents(self):
        with patch.object(engine, "MAX_DOCUMENTS", 2):
            results = self.render([f"<p>{i}</p>" for i in range(5)])
        self.assertEqual([text(pdf).strip() for pdf, *_rest in results], list("01234"))

    def test_slow_source_is_no_timeout(self):
        def source():
            yield "<p>one</p>"
            time.sleep(1.5)
            yield "<p>two</p>"

        self.assertEqual(len(self.render(source(), limit=1)), 2)

    def test_threads(self):
        def work(number):
            htmls = [f"<p>{number}-{i}</p>" for i in range(5)]
            return [text(pdf).strip() for pdf, *_rest in self.render(htmls)]

        with ThreadPoolExecutor(4) as executor:
            results = list(executor.map(work, range(8)))
        self.assertEqual(
            results, [[f"{number}-{i}" for i in range(5)] for number in range(8)]
        )
        self.assertLessEqual(len(self.pool._idle), engine.MAX_IDLE)

    def test_engine_missing(self):
        with (
            patch.object(engine.importlib.util, "find_spec", return_value=None),
            self.assertRaises(engine.RenderError) as caught,
        ):
            self.render(["<p>x</p>"])
        self.assertEqual(caught.exception.kind, "start")

    def test_environment_of_the_child(self):
        """Passwords in the environment of Odoo do not reach the child."""
        with patch.dict(os.environ, {"PGPASSWORD": "s3cret", "http_proxy": "http://p"}):
            self.render(["<p>x</p>"])
        path = f"/proc/{self.pool._idle[0][1]._process.pid}/environ"
        if os.path.exists(path):
            with open(path, "rb") as file:
                environment = file.read()
            self.assertNotIn(b"s3cret", environment)
            self.assertNotIn(b"proxy", environment)

    def _run(self, script):
        """Run a script that uses the engine without Odoo; return what it prints."""
        code = (
            f"import sys; sys.path.insert(0, {os.path.join(ADDON, 'lib')!r})\n"
            f"import os, engine\nROOTS = {ROOTS!r}\n" + textwrap.dedent(script)
        )
        return subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def _assert_ends(self, pid):
        for _attempt in range(100):
            try:
                os.kill(pid, 0)
                with open(f"/proc/{pid}/stat") as file:
                    if file.read().rsplit(")", 1)[1].split()[0] == "Z":
                        return
            except OSError:
                return
            time.sleep(0.1)
        self.fail("The rendering process outlives its parent")

    def test_forked_process_has_its_own_child(self):
        result = self._run(
            """
            list(engine.pool.render(["<p>x</p>"], ROOTS, 30))
            parents = engine.pool._idle[0][1]._process.pid
            pid = os.fork()
            if not pid:
                assert not engine.pool._idle
                list(engine.pool.render(["<p>y</p>"], ROOTS, 30))
                own = engine.pool._idle[0][1]._process.pid
                assert own != parents
                engine.pool.close()
                os._exit(7)
            assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7
            list(engine.pool.render(["<p>z</p>"], ROOTS, 30))
            assert engine.pool._idle[0][1]._process.pid == parents
            print("fine", parents)
            """
        )
        self.assertEqual(result.stdout.split()[:1], ["fine"], result.stderr)
        self._assert_ends(int(result.stdout.split()[1]))

    def test_child_ends_with_a_killed_parent(self):
        result = self._run(
            """
            list(engine.pool.render(["<p>x</p>"], ROOTS, 30))
            print(engine.pool._idle[0][1]._process.pid, flush=True)
            os.kill(os.getpid(), 9)
            """
        )
        self._assert_ends(int(result.stdout))


class TestResources(BaseCase):
    """A template reaches nothing but static files."""

    def setUp(self):
        super().setUp()
        self.pool = engine.Pool()
        self.addCleanup(self.pool.close)

    def render(self, html, roots=ROOTS):
        return list(self.pool.render([html], roots, 30))[0]

    def test_network(self):
        """A listening socket sees no connection, whatever the document tries."""
        server = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(server.close)
        connections = []

        def accept():
            while True:
                try:
                    connections.append(server.accept())
                except OSError:
                    return

        threading.Thread(target=accept, daemon=True).start()
        base = f"http://127.0.0.1:{server.getsockname()[1]}"
        inner = (
            f"<svg xmlns='http://www.w3.org/2000/svg'><image href='{base}/s'/></svg>"
        )
        inner = inner.replace("<", "%3C")
        html = f"""
            <html><head><base href="{base}/">
            <link rel="stylesheet" href="{base}/link.css">
            <link rel="stylesheet" href="relative.css">
            <style>
                @import url({base}/import.css);
                @import "{base}/import2.css";
                @font-face {{ font-family: f; src: url({base}/font.ttf); }}
                @page {{ background: url({base}/page.png);
                         @top-center {{ content: url({base}/margin.png); }} }}
                body {{ font-family: f; background: url({base}/back.png); }}
                ul {{ list-style-image: url({base}/list.png); }}
                p::before {{ content: url({base}/before.png); }}
                div {{ border-image: url({base}/border.png) 1; }}
            </style></head><body background="{base}/attribute.png">
            <img src="{base}/image.png"><img src="relative.png">
            <img srcset="{base}/set.png 1x"><p>text</p><ul><li>x</li></ul>
            <iframe src="{base}/frame"></iframe><object data="{base}/object"></object>
            <embed src="{base}/embed"><video poster="{base}/poster"></video>
            <input type="image" src="{base}/input.png">
            <svg><image href="{base}/svg.png"/><use href="{base}/use.svg#a"/>
            <rect fill="url({base}/fill.svg#a)" width="9" height="9"/></svg>
            <img src="data:image/svg+xml,{inner}">
            <script src="{base}/script.js"></script>
            <script>fetch("{base}/fetch")</script>
            <img src="ftp://127.0.0.1:{server.getsockname()[1]}/ftp.png">
            <img src="//127.0.0.1:{server.getsockname()[1]}/scheme.png">
            </body></html>
        """
        pdf, _pages, refused = self.render(html)
        self.assertIn("text", text(pdf))
        self.assertFalse(connections)
        addresses = [url for url, _reason in refused]
        for name in ("link.css", "import.css", "font.ttf", "back.png", "image.png"):
            self.assertIn(f"{base}/{name}", addresses)

    def test_files(self):
        with open("/etc/passwd") as file:
            secret = file.readline().strip()
        addresses = [
            "file:///etc/passwd",
            "file:/etc/passwd",
            "/etc/passwd",
            "//etc/passwd",
            "../../../etc/passwd",
            "/report_plutoprint/static/../__manifest__.py",
            "/report_plutoprint/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
            "/report_plutoprint/static/src/../../../../../../../etc/passwd",
            "/report_plutoprint/static//etc/passwd",
            "/report_plutoprint/__manifest__.py",
            "/report_plutoprint/static/..%2f__manifest__.py",
            "/report_plutoprint/static/description/../../lib/worker.py",
            "/../etc/passwd",
            "C:\\Windows\\win.ini",
        ]
        for address in addresses:
            pdf, _pages, refused = self.render(
                f"""
                <link rel="stylesheet" href="{address}">
                <style>@import url("{address}");
                p {{ background: url("{address}"); }}</style>
                <p>text</p><img src="{address}"><iframe src="{address}"></iframe>
                <object data="{address}" type="text/html">-</object>
                <embed src="{address}"><svg><use href="{address}#a"/></svg>
                """
            )
            self.assertTrue(refused, address)
            self.assertNotIn(secret, text(pdf))
            self.assertNotIn("license", text(pdf))
            self.assertNotIn(secret.encode(), pdf)

    def test_entities(self):
        """XML entities of a drawing do not read files."""
        file = self.enterContext(tempfile.NamedTemporaryFile("w+", suffix=".txt"))
        file.write("s3cret")
        file.flush()
        svg = (
            f'<!DOCTYPE svg [<!ENTITY x SYSTEM "file://{file.name}">]>'
            '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30">'
            "<text y='20'>name &x;</text></svg>"
        )
        data = base64.b64encode(svg.encode()).decode()
        for html in (svg, f"<img src='data:image/svg+xml;base64,{data}'>"):
            self.assertNotIn("s3cret", text(self.render(html)[0]))

    def test_static_files_are_used(self):
        html = """
            <link rel="stylesheet" href="/report_plutoprint/static/src/css/layout.css">
            <style>@import "/report_plutoprint/static/src/css/layout.css?v=1";</style>
            <img src="/web/static/img/logo.png">
            <style>@font-face { font-family: f;
                src: url("/report_plutoprint/static/fonts/LiberationSans-Bold.ttf"); }
            p { font-family: f; }</style><p class="rp-caps">text</p>
        """
        pdf, _pages, refused = self.render(
            html, [*ROOTS, os.path.dirname(file_path("web"))]
        )
        self.assertEqual(refused, [])
        self.assertIn("TEXT", text(pdf))
        self.assertIn(b"LiberationSans-Bold", self._fonts(pdf))
        self.assertIn(b"/Image", pdf)

    def _fonts(self, pdf):
        names = []
        for page in PdfReader(io.BytesIO(pdf)).pages:
            for font in page["/Resources"].get("/Font", {}).values():
                names.append(font.get_object()["/BaseFont"].encode())
        return b" ".join(names)

    def test_links_out_of_the_folder(self):
        with tempfile.TemporaryDirectory() as root:
            static = os.path.join(root, "some_addon", "static")
            os.makedirs(os.path.join(static, "inside"))
            for name, target in (
                ("inside/good.css", None),
                ("../secret.css", None),
            ):
                with open(os.path.join(static, name), "w") as file:
                    file.write("p { color: red }" if target is None else target)
            with open(os.path.join(root, "some_addon", "__manifest__.py"), "w") as file:
                file.write("{}")
            os.symlink("inside/good.css", os.path.join(static, "good.css"))
            os.symlink("../secret.css", os.path.join(static, "bad.css"))
            os.symlink("/etc", os.path.join(static, "etc"))
            os.makedirs(os.path.join(root, "no_addon", "static"))
            with open(os.path.join(root, "no_addon", "static", "a.css"), "w") as file:
                file.write("")
            files = StaticFiles([root])
            base = "http://static.invalid/some_addon/static"
            self.assertEqual(files.content(f"{base}/good.css")[1], "text/css")
            self.assertEqual(files.content(f"{base}/inside/good.css")[1], "text/css")
            for address in (
                f"{base}/bad.css",
                f"{base}/etc/passwd",
                f"{base}/missing.css",
                f"{base}/inside",
                f"{base}",
                f"{base}/good.css/../bad.css",
                f"{base}/%00.css",
                "http://static.invalid/no_addon/static/a.css",
                "http://static.invalid/missing/static/a.css",
                "http://static.invalid.example.com/some_addon/static/good.css",
                "https://static.invalid/some_addon/static/good.css",
            ):
                with self.assertRaises(RefusedError, msg=address):
                    files.content(address)

    def test_changed_file_is_read_again(self):
        with tempfile.TemporaryDirectory() as root:
            static = os.path.join(root, "some_addon", "static")
            os.makedirs(static)
            with open(os.path.join(root, "some_addon", "__manifest__.py"), "w") as file:
                file.write("{}")
            html = '<link rel="stylesheet" href="/some_addon/static/a.css"><p>x</p>'
            counts = []
            for height in ("10mm", "600mm"):
                with open(os.path.join(static, "a.css"), "w") as file:
                    file.write(f"p {{ height: {height} }}")
                counts.append(len(pages(self.render(html, [root])[0])))
        self.assertEqual(counts[0], 1)
        self.assertGreater(counts[1], 1)
