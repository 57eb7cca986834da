"""Every command, every type of object that --json writes and every file of the home stands in docs/OPERATIONS.md."""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])
TOOL = ROOT / "tools" / "strongroom"
PAGE = (ROOT / "docs" / "OPERATIONS.md").read_text()


def table(heading):
    """The first cells of the rows below a table's heading."""
    return [row.split("|")[1] for row in PAGE.split(heading, 1)[1].split("\n\n", 1)[0].splitlines()[2:]]


def words(cell):
    return re.findall(r"`([^`]+)`", cell)


def listed_commands():
    """`log show`, `verify` in one cell are log show and log verify."""
    for cell in table("| command |"):
        group = words(cell)[0].split(" ")[:-1]
        for name in words(cell):
            yield name if " " in name else " ".join([*group, name])


def sources():
    return "".join(path.read_text() for path in sorted(TOOL.glob("*.cc")))


def findings():
    text = sources()
    commands = set(re.findall(r"constexpr Command k\w+ = \{\s*\.name = \"([^\"]+)\"", text))
    for name in sorted(commands ^ set(listed_commands())):
        yield f"the table of commands and the program differ in '{name}'"
    written = set(re.findall(r"Object\(\s*\"(\w+)\"", text)) - {"progress", "warning"}
    types = {name for row in PAGE.split("| of | types |", 1)[1].split("\n\n", 1)[0].splitlines() for name in words(row)}
    for name in sorted(written ^ types):
        yield f"the list of types and the program differ in '{name}'"
    layout = (ROOT / "lib" / "home" / "layout.h").read_text()
    entries = {name.rstrip("/") for cell in table("| entry |") for name in words(cell)}
    for name in re.findall(r"k\w+(?:File|Directory) = \"([^\"]+)\"", layout):
        if name not in entries:
            yield f"the table of the home lacks '{name}'"


found = list(findings())
print("\n".join(found) or "docs/OPERATIONS.md lists what there is")
sys.exit(1 if found else 0)
