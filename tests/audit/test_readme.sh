#!/bin/bash
# usage: test_readme.sh SOURCE
#
# What README.md shows of commands is what they say: each piece between lines "..." stands, in this order, in the golden case
# that holds the whole.
set -euo pipefail
exec python3 - "$1" <<'PYTHON'
import sys
source = sys.argv[1]
readme = open(source + "/README.md").read()
sessions = {
    "profgen audit shop": "audit-shop",
    "profgen emit --format pod-patch=- --for deployment.yaml nginx.json": "emit-pod",
    "profgen show escapes.json": "show-profiles",
    "profgen verify --log kern.log --apparmor app.profile --save more.json": "verify-log",
    "profgen diff testdata/seccomp/docker-default.json testdata/seccomp/podman-default.json": "diff-defaults",
}
for command, case in sessions.items():
    golden = open(source + "/testdata/golden/" + case + "/stdout").read()
    begin = readme.index("$ " + command + "\n") + len("$ " + command + "\n")
    end = min(at for at in (readme.find("```", begin), readme.find("\n$ ", begin)) if at >= 0)
    pieces = [piece.strip("\n") for piece in (readme[begin:end] + "\n").split("  ...\n")]
    pieces = [piece for piece in pieces if piece]
    assert pieces and (case != "audit-shop" or len(pieces) > 3), "the session of " + command + " is not there"
    at = 0
    for piece in pieces:
        # Of one subject, what stands between two findings may have been left out.
        for part in piece.split("\n\n"):
            found = golden.find(part, at)
            if found < 0:
                sys.exit("README.md shows what " + command + " does not say (any more):\n" + part)
            at = found + len(part)
PYTHON
