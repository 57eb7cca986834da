"""Rules that every tracked file keeps: no unfinished marks, no drawers, no path of one machine, guards named after the file."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(sys.argv[1])
MARKS = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
DRAWERS = {"util", "utils", "common", "manager", "helper", "helpers", "misc"}
LOCAL_PATH = re.compile(r"(?<![A-Za-z0-9._/$}])/(?:home|root)/[a-z]")


def tracked():
    listed = subprocess.run(["git", "-C", ROOT, "ls-files"], capture_output=True, text=True)
    if listed.returncode == 0 and listed.stdout:
        return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]
    return [p for top in ("lib", "tools", "tests", "fuzz") for p in (ROOT / top).rglob("*") if p.is_file()]


def findings():
    for path in tracked():
        name = path.relative_to(ROOT)
        if path.suffix not in {".h", ".cc", ".py", ".sh", ".cmake", ".md"} and path.name != "CMakeLists.txt":
            continue
        if DRAWERS & set(name.with_suffix("").parts):
            yield f"{name}: a name that says nothing"
        text = path.read_text(errors="replace")
        if path.suffix != ".md" and MARKS.search(text):
            yield f"{name}: unfinished mark"
        if LOCAL_PATH.search(text):
            yield f"{name}: a path of one machine"
        if path.suffix == ".h":
            parts = list(name.parts)
            for prefix in (["lib", "include"], ["lib"], ["tools"], []):
                if parts[: len(prefix)] == prefix:
                    parts = parts[len(prefix):]
                    break
            if parts[0] != "strongroom":
                parts.insert(0, "strongroom")
            guard = re.sub(r"[^A-Z0-9]", "_", "/".join(parts).upper()) + "_"
            if f"#ifndef {guard}\n#define {guard}\n" not in text:
                yield f"{name}: include guard should be {guard}"


found = list(findings())
print("\n".join(found) or "sources are in order")
sys.exit(1 if found else 0)
