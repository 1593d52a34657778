#!/bin/bash
# usage: test_readme.sh SOURCE
#
# What README.md shows of an audit of testdata/shop is what the audit says: each piece between lines "..." stands, in this
# order, in the golden case audit-shop.
set -euo pipefail
exec python3 - "$1" <<'PYTHON'
import sys
source = sys.argv[1]
golden = open(source + "/testdata/golden/audit-shop/stdout").read()
readme = open(source + "/README.md").read()
begin = readme.index("$ profgen audit shop\n") + len("$ profgen audit shop\n")
pieces = [piece.strip("\n") for piece in readme[begin:readme.index("```", begin)].split("  ...\n")]
pieces = [piece for piece in pieces if piece]
assert len(pieces) > 3, "the session is not there"
at = 0
for piece in pieces:
    # Of one subject, what stands between two findings may have been left out.
    for part in piece.split("\n\n"):
        found = golden.find(part, at)
        if found < 0:
            sys.exit("README.md shows what the audit does not say (any more):\n" + part)
        at = found + len(part)
PYTHON
