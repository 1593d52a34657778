#!/bin/bash
# A workload at a terminal behaves the same bare and traced.
set -u
. "$(dirname "$0")/lib.sh"

need timeout script
need_profgen
make_scratch
cd "$scratch" || exit 1

at_terminal() {
    printf 'a line\n' | timeout -k 5 30 script -qec "$1" /dev/null | tr -d '\r' | grep -v '^a line$'
    echo "status ${PIPESTATUS[1]}"
}

at_terminal "'$HOSTILE/terminal'" >bare
grep -qx 'stopped by TTIN' bare || fail "the workload does not do its own part: $(cat bare)"
at_terminal "'$PROFGEN' trace -o recording -- '$HOSTILE/terminal' 2>notes" >traced
cat notes
diff -u bare <(sed 's/^terminal 2: 0$/terminal 2: 1/' traced) || fail "the terminal is not the same"
