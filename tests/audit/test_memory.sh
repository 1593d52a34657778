#!/bin/bash
# The memory of an audit does not grow with the number of files: ten times as many take no more than 4 MiB more (of which the spool
# keeps 2), in every form, with whatever was found. What does not fit is set aside in TMPDIR, and it is said in one sentence when
# there is no room. PROFGEN is the program, MEASURE tests/bench/measure, SANITIZED is set when memory says nothing.
set -u
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
PROFGEN=${PROFGEN:-$here/../../build/profgen}
MEASURE=${MEASURE:-$here/../../build/tests/bench/measure}
command -v python3 >/dev/null || { echo "SKIPPED: python3 is missing"; exit 77; }

scratch=$(realpath "$(mktemp -d "${TMPDIR:-/tmp}/profgen-memory.XXXXXX")")
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
failures=0

fail() {
    echo "FAILED: $*"
    failures=$((failures + 1))
}

# 2,000 and 20,000 manifests, one in five with findings, and a directory of 20,000 files that hold nothing.
python3 "$here/../bench/manifests.py" few 1000 20 || exit 1
mkdir small large small/notes large/notes
for i in 1 2; do cp -al few "small/$i"; done
for i in {1..20}; do cp -al few "large/$i"; done
echo 'nothing to see' >note.txt
(cd small/notes && seq -f '../../note.txt n%g' 2000 | xargs -n 2 ln) || exit 1
(cd large/notes && seq -f '../../note.txt n%g' 20000 | xargs -n 2 ln) || exit 1

# measure FORMAT TREE: the peak in KiB becomes $kib.
measure() {
    timeout 300 "$MEASURE" took "$PROFGEN" audit --no-config --format "$1=report.$1" --force "$2" >out 2>err
    status=$?
    if [ "$status" -gt 1 ] || [ -s err ]; then
        fail "$1 of $2: status $status: $(head -c 300 err)"
    fi
    read -r _ kib _ <took
}

for format in text json sarif junit github markdown; do
    measure "$format" small
    little=$kib
    measure "$format" large
    printf '%-9s 2,000 manifests: %5d KiB, 20,000: %5d KiB; the report has %9d bytes\n' "$format" "$little" "$kib" \
        "$(stat -c %s "report.$format")"
    [ -n "${SANITIZED:-}" ] || [ $((kib - little)) -le 4096 ] || fail "$format: memory grows from $little to $kib KiB"
done

# refused SENTENCE COMMAND…: one sentence, nothing else, and no report.
refused() {
    local says=$1
    shift
    rm -f report.json
    timeout 300 "$@" --no-config --format json=report.json large >out 2>err
    status=$?
    [ "$status" = 2 ] || fail "status $status, not 2, where $says"
    [ ! -s out ] || fail "something is on standard output where $says"
    if [ "$(wc -l <err)" != 1 ] || ! grep -qF "$says" err; then
        fail "not the one sentence '$says': $(head -c 300 err)"
    fi
    [ ! -e report.json ] || fail "a report is there where $says"
}

mkdir none
refused "cannot set results aside in a file in $scratch/none/at-all: No such file or directory; TMPDIR names another directory" \
    env TMPDIR="$scratch/none/at-all" "$PROFGEN" audit
# Blocks of 1 KiB: enough for the first part of the spool, not for what follows.
# shellcheck disable=SC2016
refused "cannot set results aside in a file in $scratch/none: File too large; TMPDIR names another directory" \
    env TMPDIR="$scratch/none" bash -c 'trap "" XFSZ; ulimit -f 2500; exec "$0" "$@"' "$PROFGEN" audit
[ -z "$(ls -A none)" ] || fail "something was left behind: $(ls -A none)"

# What fits into memory needs no such place.
timeout 300 env TMPDIR="$scratch/none/at-all" "$PROFGEN" audit --no-config --format json few >out 2>err
status=$?
if [ "$status" != 1 ] || [ -s err ]; then
    fail "few files need TMPDIR: status $status: $(head -c 300 err)"
fi

[ "$failures" = 0 ] || exit 1
echo "memory does not grow with the number of files"
