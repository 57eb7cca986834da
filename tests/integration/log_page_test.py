"""The page of `strongroom log serve`, in a real browser. Exits with 77, which ctest counts as skipped, without one."""
import base64
import collections
import contextlib
import http.client
import http.server
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse

import sample_log
import webdriver

PROGRAM = os.environ["STRONGROOM_BINARY"]
COUNT = 1100  # records of the usual log: a partial bundle at its end, and two levels of tiles
SKIPPED = 77

CONTRASTS = """
  const luminance = (rgb) => rgb.map((v) => v / 255).map((v) => (v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const colours = (text) => [...text.matchAll(/rgba?\\(([^)]*)\\)/g)].map((m) => m[1].split(/[ ,/]+/).map(Number));
  const opaque = (list) => list.filter((c) => c.length < 4 || c[3] > 0).map((c) => c.slice(0, 3));
  const grounds = (node) => {
    for (; node; node = node.parentElement) {
      const style = getComputedStyle(node);
      const found = [...opaque(colours(style.backgroundImage)), ...opaque(colours(style.backgroundColor))];
      if (found.length > 0) return found;
    }
    return [[255, 255, 255]];
  };
  const ratio = (a, b) => { const [x, y] = [luminance(a), luminance(b)]; return (Math.max(x, y) + .05) / (Math.min(x, y) + .05); };
  const worst = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim() !== "");
    if (!own || node.closest("noscript") || !node.checkVisibility({ visibilityProperty: true })) continue;
    const ink = colours(getComputedStyle(node).color)[0].slice(0, 3);
    for (const ground of grounds(node)) {
      if (ratio(ink, ground) < 4.5) worst.push(`${node.tagName}.${node.className} '${node.textContent.trim().slice(0, 20)}' ${ink} on ${ground}: ${ratio(ink, ground).toFixed(2)}`);
    }
  }
  return worst;
"""


def start_serving(*options):
    """A process of `log serve` on a port of its own, which stands in its attribute url."""
    server = subprocess.Popen([PROGRAM, "log", "serve", "--listen", "127.0.0.1:0", *options],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    server.url = server.stdout.readline().strip()
    if not server.url:
        raise RuntimeError(server.communicate()[1])
    return server


class Served:
    """A log in a directory of its own, and the program serving it."""

    def __init__(self, entries, witnesses=(), policy=None, options=()):
        self._directory = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self._directory.name, "log")
        self.key = sample_log.SigningKey("log", sample_log.ORIGIN)
        self.witnesses = witnesses
        self.write(entries)
        if witnesses and policy is None:
            policy = ("".join(f"witness w{i} {key.vkey()}\n" for i, key in enumerate(witnesses)) +
                      "group all all " + " ".join(f"w{i}" for i in range(len(witnesses))) + "\nquorum all\n")
        self.options = ["--log", str(self.path), "--key", self.key.vkey()]
        if policy is not None:
            file = pathlib.Path(self._directory.name, "policy")
            file.write_text(policy)
            self.options += ["--policy", str(file)]
        self._server = start_serving(*self.options, *options)
        self.url = self._server.url

    def write(self, entries):
        shutil.rmtree(self.path, ignore_errors=True)
        self.entries = entries
        sample_log.write_log(self.path, entries, self.key, self.witnesses)

    def change(self, file, old, new):
        path = self.path / file
        content = path.read_bytes()
        assert old in content
        path.write_bytes(content.replace(old, new, 1))

    def flip(self, file, offset=0):
        path = self.path / file
        content = bytearray(path.read_bytes())
        content[offset] ^= 1
        path.write_bytes(content)

    def request(self, method, target, **headers):
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(self.url).netloc)
        connection.request(method, target, headers=headers)
        answer = connection.getresponse()
        answer.content = answer.read()
        connection.close()
        return answer

    def close(self):
        self._server.terminate()
        self._server.communicate()
        self._directory.cleanup()


class LogPage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.browser = webdriver.Browser()
        cls.addClassCleanup(cls.browser.close)

    def setUp(self):
        self.browser.resize(1280, 1000)
        self.browser.prefer(color_scheme="light")
        self.browser.log("browser")

    def serve(self, entries, witnesses=(), **more):
        served = Served(entries, witnesses, **more)
        self.addCleanup(served.close)
        return served

    def visit(self, served, fragment="", ready="true"):
        self.browser.get(served.url + fragment)
        self.browser.wait("return document.body.dataset.ready === arguments[0]", ready)

    def check(self, name):
        return self.browser.text(f"#check-{name}").replace("\n", " ")

    def alarms(self):
        return self.browser.text("#alarms")

    def open_record(self, index):
        self.browser.run("document.getElementById('number').value = arguments[0]; document.getElementById('go').requestSubmit()", str(index))
        self.browser.wait("return document.querySelector('dialog .verdict')")
        return self.browser.text("dialog .verdict")

    def assert_no_complaint(self):
        self.assertEqual([entry["message"] for entry in self.browser.log("browser")], [])

    def test_head_counts_and_witnesses_are_shown_and_nothing_comes_from_elsewhere(self):
        witnesses = [sample_log.SigningKey("a", "witness.example.org/1", 4), sample_log.SigningKey("b", "other.example.net/w", 4)]
        served = self.serve(sample_log.records(COUNT), witnesses)
        self.browser.requested()
        self.visit(served)
        requested = [url for url in self.browser.requested() if urllib.parse.urlsplit(url).scheme not in ("about", "data")]
        self.assertEqual([url for url in requested if not url.startswith(served.url)], [])
        self.assert_no_complaint()
        self.assertEqual(self.browser.text("#size"), "1,100")
        outcomes = collections.Counter(json.loads(entry)["outcome"] for entry in served.entries)
        for outcome in ("permit", "refuse", "failed", "done"):
            self.assertEqual(int(self.browser.text(f"#count-{outcome}").replace(",", "")), outcomes[outcome])
        self.assertEqual(self.browser.text("#counted"), "Over all records.")
        for name, says in {"signature": "made by the log's key", "root": "computed here", "history": "for the first time",
                           "witnesses": "quorum met: 2 of 2 witnesses cosigned, of 2 operators", "records": "1,100 records hashed here"}.items():
            self.assertIn(says, self.check(name))
        self.assertIn(served.key.vkey(), self.browser.run("return document.getElementById('keys').textContent"))
        self.assertEqual(self.alarms(), "")

    def test_search_filters_map_and_timeline_narrow_the_records(self):
        served = self.serve(sample_log.records(COUNT))
        self.visit(served)
        records = [json.loads(entry) for entry in served.entries]
        refused_in_russia = [r for r in records if r["outcome"] == "refuse" and r["place"]["country"] == "RU"]
        self.browser.type("#text", "sakura")
        self.browser.wait("return document.getElementById('found').textContent !== ''")
        sakura = sum(b"Sakura" in entry for entry in served.entries)
        self.assertEqual(self.browser.text("#found"), f"{sakura} records of 1,100 loaded match")
        self.browser.click("#clear")
        self.browser.run("const o = document.getElementById('outcome'); o.value = 'refuse'; o.dispatchEvent(new Event('input', { bubbles: true }))")
        self.browser.click(".tile[data-code=RU]")
        self.assertEqual(self.browser.text("#found"), f"{len(refused_in_russia)} records of 1,100 loaded match")
        self.browser.refresh()
        self.browser.wait("return document.body.dataset.ready")
        self.assertEqual(self.browser.text("#count-refuse"), str(len(refused_in_russia)), "the query is in the address")
        self.browser.click("#clear")
        self.browser.type("#bundle", records[5]["bundle"]["id"][:9])
        same_bundle = sum(r["bundle"]["id"] == records[5]["bundle"]["id"] for r in records)
        self.assertEqual(self.browser.text("#found"), f"{same_bundle} records of 1,100 loaded match")
        self.browser.click("#clear")
        self.browser.click(".tile[data-code=RU]")
        self.assertTrue(self.browser.run("return document.querySelector('.tile[data-code=US]').dataset.mix === 'both'"), "others can still be chosen")
        self.browser.click(".tile[data-code=RU]")
        self.browser.click(".column:nth-child(3)")
        shown = self.browser.run("return Number(document.getElementById('found').textContent.split(' ')[0])")
        self.assertTrue(0 < shown < 200, shown)

    def test_record_is_proven_in_the_browser(self):
        served = self.serve(sample_log.records(COUNT))
        self.visit(served)
        for index in (0, 255, 256, 1023, 1024, COUNT - 1):
            self.assertIn("Verified", self.open_record(index))
            shown = self.browser.run("return document.querySelector('dialog pre').textContent")
            self.assertEqual(json.loads(shown), json.loads(served.entries[index]))
            hashes = self.browser.run("return [...document.querySelectorAll('.ladder code')].map((one) => one.textContent)")
            root = sample_log.root_of([sample_log.leaf_hash(entry) for entry in served.entries])
            self.assertEqual((hashes[0], hashes[-1]), (sample_log.leaf_hash(served.entries[index]).hex(), root.hex()))
            self.browser.press("Escape")
        self.open_record(COUNT - 1)
        self.browser.run("document.getElementById('record').close(); document.getElementById('number').value = '1100'; document.getElementById('go').requestSubmit()")
        self.assertIn("There are records 0 to 1,099", self.browser.text("#number-error"))

    def test_saved_proof_satisfies_the_offline_verifier(self):
        served = self.serve(sample_log.records(COUNT))
        self.visit(served)
        self.open_record(777)
        with tempfile.TemporaryDirectory() as directory:
            self.browser.save_downloads_in(directory)
            self.browser.run("document.querySelectorAll('dialog .proof button').forEach((one) => one.click())")
            record, proof = (pathlib.Path(directory, "record-777" + suffix) for suffix in (".json", ".tlog-proof"))
            end = time.monotonic() + 20
            while not (record.exists() and proof.exists()) and time.monotonic() < end:
                time.sleep(0.05)
            self.assertEqual(record.read_bytes(), served.entries[777])
            verified = subprocess.run([PROGRAM, "log", "verify-proof", record, proof, "--key", served.key.vkey(), "--expect-index", "777"],
                                      capture_output=True, text=True)
            self.assertEqual(verified.returncode, 0, verified.stderr)

    def test_altered_record_is_named_and_not_proven(self):
        served = self.serve(sample_log.records(COUNT))
        altered = next(i for i in range(256, 512) if b'"outcome":"permit"' in served.entries[i])
        served.change("tile/entries/001", b'"outcome":"permit"', b'"outcome":"refuse"')
        self.visit(served)
        self.assertIn(f"Record {altered} is not what the log's tree holds", self.alarms())
        self.assertIn(f"WRONG: 1 record altered, first {altered}", self.check("records"))
        self.assertIn("NOT in the tree", self.open_record(altered))
        self.assertNotIn("Verified", self.browser.text("dialog"))

    def test_altered_tile_is_named(self):
        for file in ("tile/0/004.p/76", "tile/1/000.p/4", "tile/0/002"):
            with self.subTest(file):
                served = self.serve(sample_log.records(COUNT))
                served.flip(file, 40)
                self.visit(served)
                self.assertIn(f"{file} does not lead to the head's root", self.alarms())
                self.assertNotIn("Verified", self.open_record(600))

    def test_altered_checkpoint_is_named(self):
        served = self.serve(sample_log.records(300))
        good = (served.path / "checkpoint").read_text()
        root = base64.b64encode(sample_log.root_of([])).decode()
        lines = good.splitlines(keepends=True)
        for case, text, says in (
                ("another root", "".join(lines[:2] + [root + "\n"] + lines[3:]), "the log's key did not sign this checkpoint"),
                ("no signature", "".join(lines[:4]) + lines[4].replace("log.example.com/access", "log.example.com/other"), "none of the log's keys signed"),
                ("another log", good.replace("log.example.com/access\n", "log.example.com/other\n", 1), "the checkpoint is of another log"),
                ("not a note", "hello\n", "checkpoint: it is not a signed note")):
            with self.subTest(case):
                (served.path / "checkpoint").write_text(text)
                self.visit(served, ready="failed" if case == "not a note" else "true")
                self.assertIn(says, self.alarms())
                if case == "no signature":
                    self.assertIn("does not bear the log's signature", self.open_record(7))

    def test_missing_bundle_is_named(self):
        served = self.serve(sample_log.records(COUNT))
        (served.path / "tile/entries/003").unlink()
        self.visit(served)
        self.assertIn("tile/entries/003 is missing", self.alarms())

    def test_records_below_a_file_that_is_altered_or_missing_are_shown(self):
        for file, spoil, says in (("tile/entries/009", lambda served, file: served.flip(file, 1), "tile/entries/009: its last entry is cut short"),
                                  ("tile/entries/009", lambda served, file: (served.path / file).unlink(), "tile/entries/009 is missing"),
                                  ("tile/0/009", lambda served, file: served.flip(file, 40), "tile/0/009 does not lead to the head's root"),
                                  ("tile/0/009", lambda served, file: (served.path / file).unlink(), "tile/0/009 is missing")):
            with self.subTest(says):
                served = self.serve(sample_log.records(3000))
                spoil(served, file)
                self.visit(served)
                for _ in range(2):
                    self.browser.run("document.getElementById('all').click()")
                    self.browser.wait("return document.getElementById('stop').hidden")
                self.assertEqual(self.browser.text("#scope"), "All 3,000 records, 256 of them unreadable.")
                self.assertEqual(self.alarms().count(says), 1, self.alarms())
                self.assertIn("The records that need it are marked below as unreadable.", self.alarms())
                self.assertEqual(self.check("records"), "Wrong Records WRONG: 256 records unreadable, first 2,304")
                self.assertEqual(self.browser.text("#counted"), "Over all records but the 256 that cannot be read.")
                permitted = sum(json.loads(entry)["outcome"] == "permit" for entry in served.entries[:2304] + served.entries[2560:])
                self.assertEqual(self.browser.text("#count-permit"), f"{permitted:,}")
                self.browser.type("#text", "sakura")
                self.assertRegex(self.browser.text("#found"), "of 3,000 loaded match; 256 records cannot be read")
                self.browser.click("#clear")
                self.browser.run("for (let i = 0; i < 9; ++i) document.getElementById('older').click()")
                self.assertTrue(self.browser.run("const badge = document.querySelector('#rows .badge.altered'); const right = (one) => one.getBoundingClientRect().right; return right(badge) < right(badge.closest('td'))"), "the word is within its cell")
                self.assertRegex(self.browser.text("#rows"), "2,5[0-9][0-9]\\s+–\\s+UNREADABLE")
                self.assertIn("This record cannot be proven", self.open_record(2400))
                self.browser.press("Escape")
                self.assertIn("Verified", self.open_record(2303))

    def test_server_that_stops_answering_is_named_once_and_asked_again(self):
        served = self.serve(sample_log.records(3000))
        self.visit(served)
        self.browser.run("window.real = fetch; window.fetch = () => Promise.reject(new TypeError())")
        for _ in range(2):
            self.browser.run("document.getElementById('all').click()")
            self.browser.wait("return document.getElementById('stop').hidden")
        self.assertEqual(self.alarms().count("the server does not answer. Older records are not shown."), 1)
        self.assertIn("Holds", self.check("records"))
        self.browser.run("window.fetch = real; document.getElementById('all').click()")
        self.browser.wait("return document.getElementById('stop').hidden")
        self.assertEqual(self.browser.text("#scope"), "All 3,000 records.")

    def test_reasons_are_those_that_log_show_tells(self):
        served = self.serve(sample_log.records(60))
        self.visit(served)
        told = subprocess.run([PROGRAM, "log", "show", *served.options], capture_output=True, text=True).stdout.splitlines()[1:]
        rows = self.browser.run("return [...document.querySelectorAll('#rows tr')].map((row) => [row.dataset.index, row.querySelector('.why').textContent])")
        self.assertEqual(len(rows), 50)
        self.assertIn("allied-nations/place-elsewhere", [why for _, why in rows])
        for index, why in rows:
            self.assertTrue(told[int(index)].endswith("  " + why), (told[int(index)], why))

    def test_sealed_parts_are_told_from_those_that_are_not_stated(self):
        entries = sample_log.records(400)
        for index, parts in ((390, ["place"]), (391, ["node", "party", "place"]), (392, ["decision", "reasons"]), (393, [])):
            record = json.loads(entries[index])
            for part in parts or ["place"]:
                del record[part]
            record.setdefault("reasons", [])
            if parts:
                record["sealed"] = [{"commitment": "00" * 32, "name": part} for part in parts]
            entries[index] = sample_log.canonical(record)
        self.visit(self.serve(entries))
        cell = lambda index, name: self.browser.run("return document.querySelector(`tr[data-index='${arguments[0]}'] td[data-name='${arguments[1]}']`).textContent", index, name)
        self.assertEqual([cell(index, "Place") for index in (390, 391, 393)], ["sealed", "sealed", "–"])
        self.assertEqual((cell(391, "Who"), cell(392, "Why")), ("sealed", "sealed"))
        listed = self.browser.text("#countries")
        self.assertIn("Place sealed", listed)
        self.assertIn("No place stated", listed)
        choose = lambda value: self.browser.run("const c = document.getElementById('country'); c.value = arguments[0]; c.dispatchEvent(new Event('input', { bubbles: true }))", value)
        choose("sealed")
        self.assertEqual(self.browser.text("#found"), "2 records of 400 loaded match")
        choose("none")
        self.assertEqual(self.browser.text("#found"), "1 record of 400 loaded match")
        choose("US")
        in_us = sum(json.loads(entry).get("place", {}).get("country") == "US" for entry in entries)
        self.assertEqual(self.browser.text("#found"), f"{in_us} records of 400 loaded match; 2 records keep it sealed and were not compared")
        self.browser.click("#clear")
        self.browser.type("#text", "node-03")
        self.assertRegex(self.browser.text("#found"), "match; [23] records keep it sealed and were not compared")
        self.open_record(391)
        self.assertRegex(self.browser.text("dialog .facts"), r"PLACE\s+sealed\s+OPERATOR\s+sealed\s+NODE\s+sealed|Place\s+sealed\s+Operator\s+sealed\s+Node\s+sealed")

    def test_bundle_is_found_by_its_id_and_by_its_instance(self):
        served = self.serve(sample_log.records(COUNT))
        self.visit(served)
        bundle = json.loads(served.entries[5])["bundle"]
        same = sum(json.loads(entry)["bundle"] == bundle for entry in served.entries)
        for name in ("id", "instance"):
            self.browser.click("#clear") if name == "instance" else None
            self.browser.type("#bundle", bundle[name][:9])
            self.assertEqual(self.browser.text("#found"), f"{same} records of 1,100 loaded match", name)

    def test_every_action_can_be_chosen(self):
        self.visit(self.serve(sample_log.records(3)))
        options = self.browser.run("return [...document.getElementById('action').options].map((one) => one.value)")
        self.assertEqual(options, ["", "seal", "open", "cat", "ls", "rekey", "anchor", "erase", "index", "log key"])

    def test_quorum_is_met_on_the_page_where_it_is_for_log_verify(self):
        keys = {"a1": sample_log.SigningKey("a1", "witness.a.example/1", 4), "a2": sample_log.SigningKey("a2", "witness.a.example/2", 4),
                "b": sample_log.SigningKey("b", "b.example/w", 4), "c": sample_log.SigningKey("c", "c.example/w", 4)}
        lines = "".join(f"witness {name} {key.vkey()}\n" for name, key in keys.items())
        two = lines + "group two 2 a1 a2 b\nquorum two\n"
        nested = lines + "group two 2 a1 a2 b\ngroup both all two c\nquorum both\n"
        alone = lines + "operator other a2\nquorum a2\n"
        for policy, cosigned, verdict in (
                (two, ["a1", "a2"], "quorum NOT met: 2 of 4 witnesses cosigned, of 1 operator"),
                (two, ["a2", "b"], "quorum met: 2 of 4 witnesses cosigned, of 2 operators"),
                (nested, ["a1", "b"], "quorum NOT met: 2 of 4 witnesses cosigned, of 2 operators"),
                (nested, ["a1", "a2", "c"], "quorum NOT met: 3 of 4 witnesses cosigned, of 2 operators"),
                (nested, ["a1", "b", "c"], "quorum met: 3 of 4 witnesses cosigned, of 3 operators"),
                (alone, ["a1"], "quorum NOT met: 1 of 4 witnesses cosigned, of 1 operator"),
                (alone, ["a2"], "quorum met: 1 of 4 witnesses cosigned, of 1 operator"),
                (lines + "quorum none\n", ["b"], "no policy asks for a quorum: 1 of 4 witnesses cosigned, of 1 operator"),
                ("quorum none\n", ["b"], "no policy: nobody else vouches for this head")):
            with self.subTest(policy=policy[len(lines):] or policy, cosigned=cosigned):
                served = self.serve(sample_log.records(20), [keys[name] for name in cosigned], policy=policy)
                self.visit(served)
                state = "Not checked" if verdict.startswith("no policy") else "Look here" if "NOT" in verdict else "Holds"
                self.assertEqual(self.check("witnesses"), f"{state} Witnesses {verdict}")
                verified = subprocess.run([PROGRAM, "log", "verify", *served.options], capture_output=True, text=True)
                self.assertEqual(verified.returncode, 11 if "NOT" in verdict else 0, verified.stderr)
                self.assertEqual(self.alarms(), "")

    def test_cosignature_of_a_time_beyond_what_a_number_holds_is_checked(self):
        witness = sample_log.SigningKey("a", "witness.example.org/1", 4)
        served = self.serve(sample_log.records(20), [witness])
        root = sample_log.root_of([sample_log.leaf_hash(entry) for entry in served.entries])
        for time, says in ((2**53 + 1, "cosigned 9007199254740993 seconds after 1970"), (253402300800, "cosigned on +010000-01-01 00:00:00 UTC")):
            sample_log.write_checkpoint(served.path, 20, root, served.key, [witness], time)
            self.visit(served)
            self.assertIn("quorum met: 1 of 1 witness cosigned", self.check("witnesses"))
            self.assertIn(says, self.browser.run("return document.getElementById('witness-list').textContent"))
        sample_log.write_checkpoint(served.path, 20, root, served.key, [witness], 2**63)
        self.visit(served)
        self.assertIn("WRONG: the cosignature of w0", self.check("witnesses"))

    def test_browser_remembers_the_head_and_notices_a_fork_and_a_rollback(self):
        entries = sample_log.records(900)
        served = self.serve(entries[:700])
        self.visit(served)
        served.write(entries)
        self.visit(served)
        self.assertIn("extends the 700 records seen here", self.check("history"))
        served.write(entries[:800])
        self.visit(served)
        self.assertIn("rolled back. It is shorter than the 900 records", self.alarms())
        served.write(entries[:300] + entries[301:] + entries[:100])
        self.visit(served)
        self.assertIn("forked. It does not hold the 900 records", self.alarms())
        self.visit(served)
        self.assertIn("forked", self.alarms(), "it does not forget what it saw")
        self.browser.click("#alarms button:last-child")
        self.browser.wait("return document.body.dataset.ready && document.getElementById('alarms').textContent === ''")

    def test_what_the_browser_cannot_check_is_said_to_be_unchecked(self):
        served = self.serve(sample_log.records(300))
        for missing, says in (("SubtleCrypto.prototype.importKey = () => Promise.reject(new DOMException('', 'NotSupportedError'))", "this browser does not have Ed25519"),
                              ("Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined })", "browsers offer hashing only to pages from https")):
            script = self.browser.devtools("Page.addScriptToEvaluateOnNewDocument", source=missing)["identifier"]
            self.visit(served)
            self.assertIn(says, self.check("signature"))
            self.assertIn("Not checked", self.check("signature"))
            self.assertRegex(self.open_record(3), "not checked|Not checked")
            self.assertNotRegex(self.browser.text("dialog"), "[Vv]erified")
            self.browser.devtools("Page.removeScriptToEvaluateOnNewDocument", identifier=script)

    def test_all_of_it_works_by_keyboard(self):
        self.visit(self.serve(sample_log.records(COUNT)))
        focused = lambda: self.browser.run("const e = document.activeElement; return e.id || e.className || e.tagName")

        def tab_to(name, most=40):
            for _ in range(most):
                self.browser.press("Tab")
                self.assertNotEqual(self.browser.run("return getComputedStyle(document.activeElement).outlineStyle"), "none", focused())
                if focused() == name:
                    return
            self.fail(f"no way to {name} by Tab")

        tab_to("skip", 1)
        self.browser.press("Enter")
        tab_to("text", 1)
        tab_to("column")
        last = self.browser.run("return document.activeElement.getAttribute('aria-label')")
        self.browser.press("ArrowLeft")
        self.assertNotEqual(self.browser.run("return document.activeElement.getAttribute('aria-label')"), last)
        self.browser.press("Enter")
        self.assertRegex(self.browser.text("#found"), "records? of 1,100")
        self.assertEqual(self.browser.run("return document.activeElement.getAttribute('aria-pressed')"), "true")
        self.browser.press("Enter")
        tab_to("tile")
        codes = {self.browser.run("return document.activeElement.dataset.code")}
        for key in ("ArrowDown", "ArrowRight", "ArrowUp", "ArrowLeft", "ArrowRight", "ArrowDown"):
            self.browser.press(key)
            codes.add(self.browser.run("return document.activeElement.dataset.code"))
        self.assertGreater(len(codes), 2)
        tab_to("number", 60)
        tab_to("open", 3)
        self.browser.press("Enter")
        self.browser.wait("return document.querySelector('dialog .verdict')")
        self.browser.press("Escape")
        self.assertEqual(focused(), "open", "focus comes back to what opened the record")

    def test_roles_name_the_table_the_map_and_the_timeline(self):
        self.visit(self.serve(sample_log.records(300)))
        tree = self.browser.devtools("Accessibility.getFullAXTree")["nodes"]
        roles = collections.Counter(node["role"]["value"] for node in tree if not node["ignored"] and "role" in node)
        self.assertEqual((roles["table"], roles["columnheader"], roles["main"], roles["search"]), (1, 8, 1, 1))
        self.assertEqual(roles["row"], 51)
        buttons = [node for node in tree if not node["ignored"] and node.get("role", {}).get("value") in ("button", "link", "textbox", "combobox", "searchbox")]
        self.assertEqual([node for node in buttons if not node.get("name", {}).get("value")], [])
        names = " ".join(node["name"]["value"] for node in buttons)
        self.assertRegex(names, "Germany: [0-9]+ permits?, [0-9]+ refusals?")

    def test_contrast_suffices_in_light_and_dark(self):
        served = self.serve(sample_log.records(COUNT), [sample_log.SigningKey("a", "witness.example.org/1", 4)])
        served.flip("tile/entries/003", 40)
        for scheme in ("light", "dark"):
            self.browser.prefer(color_scheme=scheme, reduced_motion="reduce")
            self.visit(served)
            self.browser.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            dark = self.browser.run("return getComputedStyle(document.body).backgroundColor") == "rgb(15, 19, 23)"
            self.assertEqual(dark, scheme == "dark")
            self.assertEqual(self.browser.run(CONTRASTS), [], scheme)
            self.open_record(5)
            self.assertEqual(self.browser.run(CONTRASTS), [], scheme)

    def test_narrow_window_needs_no_sideways_scrolling_and_nothing_jumps(self):
        served = self.serve(sample_log.records(COUNT))
        for width in (360, 1280):
            self.browser.resize(width, 780)
            self.visit(served)
            self.assertLessEqual(self.browser.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth"), 0)
            shift = self.browser.run("""return new Promise((resolve) => {
              const observer = new PerformanceObserver((list) => resolve(list.getEntries().reduce((sum, one) => sum + one.value, 0)));
              observer.observe({ type: "layout-shift", buffered: true });
              setTimeout(() => resolve(0), 200);
            })""")
            self.assertLess(shift, 0.05, f"layout shift at {width} pixels")
            self.open_record(9)
            self.assertLessEqual(self.browser.run("const d = document.querySelector('dialog'); return d.scrollWidth - d.clientWidth"), 0)

    def test_empty_log_says_that_it_is_empty(self):
        self.visit(self.serve([]))
        self.assertEqual(self.browser.text("#size"), "0")
        self.assertIn("The log is empty: nobody has asked for anything yet.", self.browser.text("#scope"))
        self.assertIn("that of the empty tree", self.check("root"))
        self.assertEqual(self.alarms(), "")
        self.assert_no_complaint()

    def test_text_of_records_is_never_markup(self):
        record = json.loads(sample_log.records(1)[0])
        record["outcome"] = "failed"
        record["reasons"] = ["<img src=x onerror=alert(1)>\u202e\u00ad\u009b\U000e0041</script>"]
        self.visit(self.serve([sample_log.canonical(record), b"no JSON <b>", b"\xff\xfe", b'{"type":7,"reasons":{}}', b"[]"]))
        self.assertIn("<img src=x onerror=alert(1)>\\u202e\\u00ad\\u009b\\u{e0041}</script>", self.browser.text("#rows"))
        for index in range(5):
            self.assertIn("Verified", self.open_record(index))
            self.browser.press("Escape")
        self.assert_no_complaint()

    def test_large_log_is_read_in_steps(self):
        served = self.serve([b'{"time":"2026-11-22T00:00:00Z"}'] * 70_000)
        self.visit(served)
        self.assertRegex(self.browser.text("#scope"), r"The newest 1,\d\d\d of 70,000 records\.")
        self.assertIn("Verified", self.open_record(1234))
        self.browser.press("Escape")
        self.browser.click("#more")
        self.browser.wait("return document.getElementById('stop').hidden")
        self.assertRegex(self.browser.text("#scope"), r"The newest 1[12],\d\d\d of 70,000 records\.")

    def test_server_gives_the_log_and_nothing_else(self):
        served = self.serve(sample_log.records(300))
        for target in ("/", "/page.js", "/checkpoint", "/tile/0/000", "/tile/entries/001.p/44", "/log.json"):
            self.assertEqual(served.request("GET", target).status, 200, target)
        for target in ("/tile/0/001", "/tile/0/../0/000", "/tile/entries/000.p/256", "/tile/0/0000", "/../log.key", "/journal", "/%2e%2e/x", "/index.html"):
            self.assertEqual(served.request("GET", target).status, 404, target)
        self.assertEqual(served.request("POST", "/").status, 405)
        self.assertEqual(served.request("HEAD", "/").content, b"")
        self.assertEqual(served.request("GET", "/", Host="rebound.example.com").status, 421)
        answer = served.request("GET", "/tile/0/000")
        self.assertIn("immutable", answer.headers["cache-control"])
        self.assertTrue(answer.headers["content-security-policy"].startswith("default-src 'none';"))
        self.assertNotIn("unsafe", answer.headers["content-security-policy"])

    def test_hosts_are_compared_without_regard_to_case(self):
        served = self.serve(sample_log.records(3), options=["--host", "Log.Example.COM"])
        for host in ("log.example.com", "LOG.EXAMPLE.COM:8443", "Log.Example.COM", "LocalHost"):
            self.assertEqual(served.request("GET", "/", Host=host).status, 200, host)
        self.assertEqual(served.request("GET", "/", Host="log.example.com.evil.example").status, 421)

    def test_page_is_there_while_a_server_behind_it_hangs_and_the_end_comes_at_once(self):
        served = self.serve(sample_log.records(300))
        released = threading.Event()

        class Hanging(http.server.SimpleHTTPRequestHandler):
            def __init__(self, *arguments):
                super().__init__(*arguments, directory=served.path)

            def do_GET(self):
                if self.path.startswith("/tile/"):
                    released.wait(60)
                with contextlib.suppress(OSError):  # nobody may be there any more
                    super().do_GET()

            def log_message(self, *_):
                pass

        upstream = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hanging)
        threading.Thread(target=upstream.serve_forever, daemon=True).start()
        self.addCleanup(upstream.server_close)
        self.addCleanup(upstream.shutdown)
        self.addCleanup(released.set)
        server = start_serving("--url", f"http://127.0.0.1:{upstream.server_port}/", "--key", served.key.vkey())
        self.addCleanup(server.communicate)
        self.addCleanup(server.kill)
        address = urllib.parse.urlsplit(server.url).netloc
        waiting = [http.client.HTTPConnection(address) for _ in range(12)]
        for connection in waiting:
            connection.request("GET", "/tile/0/000")
        start = time.monotonic()
        for target in ("/", "/page.js", "/log.json"):
            connection = http.client.HTTPConnection(address, timeout=5)
            connection.request("GET", target)
            answer = connection.getresponse()
            answer.read()
            self.assertEqual(answer.status, 200, target)
            connection.close()
        server.terminate()
        self.assertEqual(server.wait(5), 0)
        self.assertLess(time.monotonic() - start, 3)
        for connection in waiting:
            connection.close()


if __name__ == "__main__":
    if not webdriver.installed() or not shutil.which("openssl"):
        print("skipped: chromium, chromedriver and openssl are needed")
        sys.exit(SKIPPED)
    unittest.main()
