"""Holds every #include against the one list of layers, cmake/layers.cmake.

A layer includes itself, what the list allows it, and what those may include in turn. Outside libraries have one home each.
"""
import pathlib
import re
import sys
import tempfile

# header prefix -> the layers that may include it
HOMES = {
    "sodium.h": {"secret", "crypto"},
    "openssl/": {"crypto"},
    "intel-ipsec-mb.h": {"crypto"},
    "boost/": {"http"},
    "zlib.h": {"http"},
    "zstd.h": {"codec"},
    "tss2/": {"tpm"},
    "isa-l": {"bundle"},
    "nlohmann/": {"envelope"},
    "toml++/": {"policy"},
    "utf8proc.h": {"policy"},
}
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.M)


def read_layers(root):
    text = re.sub(r"#.*", "", (root / "cmake" / "layers.cmake").read_text())
    layers = {name: set(uses.split()) for name, uses in re.findall(r'"([a-z]+):\s*([a-z ]*)"', text)}
    closed = {}

    def close(name, path=()):
        if name in path:
            sys.exit(f"cmake/layers.cmake: cycle {' -> '.join(path + (name,))}")
        if name not in closed:
            closed[name] = {name}.union(*(close(use, path + (name,)) for use in layers[name]))
        return closed[name]

    for name in layers:
        close(name)
    return closed


def layer_of(path, root):
    parts = path.relative_to(root / "lib").parts
    if parts[:2] == ("include", "strongroom"):
        return parts[2] if len(parts) > 3 else None
    return parts[0]


def findings(root):
    layers = read_layers(root)
    for path in sorted((root / "lib").rglob("*")):
        if path.suffix not in {".h", ".cc"}:
            continue
        layer = layer_of(path, root)
        if layer is None:
            continue
        if layer not in layers:
            yield f"{path.relative_to(root)}: folder '{layer}' is not in cmake/layers.cmake"
            continue
        public = "include" in path.relative_to(root).parts
        for header in INCLUDE.findall(path.read_text()):
            used = None
            if header.startswith("strongroom/"):
                used = header.split("/")[1] if header.count("/") > 1 else None
            elif "/" in header and header.split("/")[0] in layers:
                used = header.split("/")[0]
                if public:
                    yield f"{path.relative_to(root)}: a public header includes the private {header}"
                elif used != layer:
                    yield f"{path.relative_to(root)}: includes {header}, which is private to {used}"
            if used is not None and used not in layers[layer]:
                yield f"{path.relative_to(root)}: {layer} may not use {used} ({header})"
            for prefix, homes in HOMES.items():
                if header.startswith(prefix) and (public or layer not in homes):
                    yield f"{path.relative_to(root)}: {header} belongs in the sources of {', '.join(sorted(homes))}"


def self_test(root):
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder)
        (copy / "cmake").mkdir()
        (copy / "cmake" / "layers.cmake").write_text((root / "cmake" / "layers.cmake").read_text())
        (copy / "lib" / "base").mkdir(parents=True)
        (copy / "lib" / "base" / "wrong.cc").write_text('#include "strongroom/log/log.h"\n#include <openssl/evp.h>\n')
        found = list(findings(copy))
    if len(found) != 2:
        sys.exit(f"expected two findings, got {found}")


def main():
    root = pathlib.Path(sys.argv[1])
    if "--self-test" in sys.argv:
        return self_test(root)
    found = list(findings(root))
    print("\n".join(found) or "layers hold")
    sys.exit(1 if found else 0)


main()
