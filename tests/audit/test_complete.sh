#!/bin/bash
# Nothing that is given to the audit is dropped without a word: every file is in the result, with the documents and subjects that
# are in it, and what could not be read is named in every format and is status 2 with --strict. For any number of threads.
set -u
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
PROFGEN=${PROFGEN:-$here/../../build/profgen}
command -v python3 >/dev/null || { echo "SKIPPED: python3 is missing"; exit 77; }
scratch=$(mktemp -d "${TMPDIR:-/tmp}/profgen-complete.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/tree"
python3 "$here/complete.py" write "$scratch/tree"
cd "$scratch" || exit 1
failed=0

# run STATUS ARGUMENT…: the output in `out`
run() {
    local wanted=$1 status
    shift
    "$PROFGEN" audit --no-config "$@" >out 2>err
    status=$?
    if [ "$status" != "$wanted" ] || [ -s err ]; then
        echo "FAILED: profgen audit $*: status $status, not $wanted"
        cat err
        failed=1
    fi
}

for jobs in 1 2 7; do
    run 0 --fail-on never --jobs "$jobs" --format json tree
    python3 "$here/complete.py" check tree out || failed=1
    [ ! -e first ] || cmp -s first out || { echo "FAILED: another result with $jobs jobs"; failed=1; }
    cp out first
done
run 2 --strict --fail-on never --format json tree
cmp -s first out || { echo "FAILED: another result with --strict"; failed=1; }
for format in text json sarif junit github markdown; do
    run 0 --fail-on never --format "$format" tree
    python3 "$here/complete.py" text tree <out || { echo "FAILED: in the form $format"; failed=1; }
done
exit "$failed"
