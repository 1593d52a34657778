#!/bin/bash
# Hostile input costs bounded time and memory, ends with the right status and one clear sentence, and never crashes.
# Prints what each took. PROFGEN is the program, MEASURE tests/bench/measure, SANITIZED is set when memory says nothing.
set -u
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
PROFGEN=${PROFGEN:-$here/../../build/profgen}
MEASURE=${MEASURE:-$here/../../build/tests/bench/measure}
command -v python3 >/dev/null || { echo "SKIPPED: python3 is missing"; exit 77; }

scratch=$(realpath "$(mktemp -d "${TMPDIR:-/tmp}/profgen-hostile.XXXXXX")")
trap 'chmod -R u+rwx "$scratch"; rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
mkdir in
python3 "$here/hostile_inputs.py" in || exit 1
cd in || exit 1

failures=0
slow=1
[ -z "${SANITIZED:-}" ] || slow=10

fail() {
    echo "FAILED: $*"
    head -c 600 "$scratch/out" | sed 's/^/    out: /'
    head -c 600 "$scratch/err" | sed 's/^/    err: /'
    failures=$((failures + 1))
}

# row NAME STATUS SECONDS MIB SENTENCE COMMAND…: runs the command, within a minute of wall time as others use the machine too,
# SECONDS of processor time and MIB of memory. SENTENCE must stand in the output (white space folded) once.
row() {
    local name=$1 status=$2 seconds=$3 mib=$4 sentence=$5 got kib cpu found
    shift 5
    "$MEASURE" "$scratch/took" timeout -s KILL 60 "$@" >"$scratch/out" 2>"$scratch/err"
    got=$?
    read -r _ kib cpu <"$scratch/took"
    cpu=$((cpu / 1000000))
    printf '%-24s %6d ms of %6d  %5d MiB of %5d  status %d\n' "$name" "$cpu" $((seconds * 1000)) $((kib / 1024)) "$mib" "$got"
    [ "$got" = "$status" ] || fail "$name: status $got, not $status"
    [ "$cpu" -le $((seconds * slow * 1000)) ] || fail "$name: took $cpu ms, more than $seconds s"
    [ -n "${SANITIZED:-}" ] || [ "$kib" -le $((mib * 1024)) ] || fail "$name: used $((kib / 1024)) MiB, more than $mib"
    [ ! -s "$scratch/err" ] || [ -n "${ERRORS:-}" ] || fail "$name: something was written to standard error"
    found=$(cat "$scratch/out" "$scratch/err" | tr -s ' \n' '  ' | grep -oF -- "$sentence" | wc -l)
    [ "$found" = "${TIMES:-1}" ] || fail "$name: the sentence \"$sentence\" stands there $found times"
    if tr -d '\n\t' <"$scratch/out" | grep -qP '[\x00-\x1f\x7f]'; then fail "$name: control characters in the output"; fi
}
audit() { # NAME STATUS SECONDS MIB SENTENCE ARGUMENT…
    row "$1" "$2" "$3" "$4" "$5" "$PROFGEN" audit --no-config "${@:6}"
}

# ---- bombs, size, depth --------------------------------------------------------------------------------

audit laughs 2 1 16 'more than 4000000 values, counting each alias' laughs.yaml
audit fan-out 2 2 96 'more than 4000000 values, counting each alias' fan-out.yaml
audit merges 2 1 16 'more than 4000000 values, counting each alias' merges.yaml
audit merge-lists 2 4 512 'more than 4000000 values, counting each alias' merge-lists.yaml
audit list.json 2 5 640 'more than 4000000 values' list.json
audit string.json 0 3 320 '1 document' string.json
audit keys.json 0 4 256 'of no kind that is audited' keys.json
audit keys.yaml 0 6 256 'of no kind that is audited' keys.yaml
audit twice.yaml 0 3 128 'of no kind that is audited' twice.yaml
audit documents 0 2 64 'more than 100000 documents' documents.yaml
audit documents-strict 2 2 64 'more than 100000 documents' --strict documents.yaml
audit line 0 3 256 'of no kind that is audited' line.yaml
audit huge 2 1 16 'larger than the limit of 256 MiB' huge.yaml
audit profile-values 0 3 512 'more profiles, or larger ones, than are judged in one file' --fail-on never --only 'PG3*' profile-values.yaml
audit profile-rules 0 20 512 'have more rules than are judged with each' --fail-on never --only PG334 profile-rules.yaml
audit profile-pods 0 8 256 'more containers that differ name profiles than are judged' --fail-on never --only PG334 profile-pods.yaml
audit profile-bases 0 8 128 'go round in a circle' --fail-on never --only PG334 profile-bases.yaml
audit apparmor 0 20 1024 '1 document' --fail-on never --only PG334 rules.aa
for name in deep-flow.yaml deep-maps.yaml deep-block.yaml deep-indent.yaml deep.json deep-maps.json deep.toml deep-maps.toml \
    deep-key.toml deep-table.toml; do
    audit "$name" 2 1 128 'nests deeper than 100 levels' "$name"
done

audit containers 1 8 384 '20,001 subjects' --severity critical containers.yaml
audit comments 1 4 256 '9,001 subjects' --severity critical comments.yaml
audit environment 1 3 128 '1 document, 2 subjects' environment.yaml
audit padded 1 2 32 'PG509 reverse-shell' padded.yaml
audit ignored 0 2 32 '300 documents' ignored

# ---- bytes that are no manifest ---------------------------------------------------------------------------

audit binary 0 1 16 'binary.yaml binary' binary.yaml
audit elf 0 1 64 'elf.yaml binary' elf.yaml
audit broken-utf8 2 1 16 'not valid UTF-8' broken-utf8.yaml
audit utf16 1 1 16 'PG101 privileged-container' utf16.yaml
audit utf16-big 1 1 16 'PG101 privileged-container' utf16-big.yaml
audit utf16-cut 2 1 16 'utf16-cut.yaml:8' utf16-cut.yaml
audit nul.yaml 2 1 16 'bytes that are no text among what looks like a manifest' nul.yaml
audit nul.json 2 1 16 'bytes that are no text among what looks like a manifest' nul.json
audit surrogate 2 1 16 'surrogate.json:1' surrogate.json
audit empty 0 1 16 'empty.yaml empty' empty.yaml
audit dashes 0 1 16 'dashes.yaml empty' dashes.yaml

# ---- the file system ----------------------------------------------------------------------------------------

audit void 0 1 16 'a directory without files' void
audit missing 2 1 16 'cannot open: No such file or directory' missing
audit no-name 2 1 16 'cannot open: No such file or directory' ''
long=$(printf 'long/%.0s' {1..400})
audit long-name 2 1 16 'cannot open: No such file or directory' "${long}missing"
mkdir -p "$long"
cp deep.json "$long"
audit long-path 2 1 16 'nests deeper than 100 levels' "${long}deep.json"
audit links 1 1 16 'tree/self a symbolic link to a directory' tree
audit link-loop 1 1 16 'tree/a a symbolic link without end' tree
audit pipe-in-tree 1 1 16 'tree/fifo.yaml a named pipe' tree
audit device-in-tree 1 1 16 'tree/zero.yaml a device' tree
audit nested 1 1 32 'directories are nested too deep (64)' nested
audit nested-strict 2 1 32 'directories are nested too deep (64)' --strict nested
for format in text json sarif junit github markdown; do
    TIMES=6 audit "names-$format" 1 1 32 'container a runs privileged' --format "$format" --only PG101 names
done

# shellcheck disable=SC2016 # for the inner shell
row pipe-named 1 1 16 'PG101 privileged-container' bash -c 'mkfifo named && (cat pod.yaml >named &) && "$0" audit --no-config named' \
    "$PROFGEN"
for device in zero full null; do
    audit "/dev/$device" 2 1 16 'it is a device, no file' "/dev/$device"
done
audit stdin-zero 2 4 640 'larger than the limit of 256 MiB' - </dev/zero
audit stdin-twice 1 1 16 'standard input is read only once' - - <pod.yaml
audit stdin-closed 2 1 16 'cannot read: Bad file descriptor' - <&-
ERRORS=1 audit output-full 2 1 16 'cannot write /dev/full: No space left on device' --format json=/dev/full pod.yaml

# What nobody named is not waited for.
mkdir project
cp pod.yaml project
mkfifo project/.profgen.yaml
ERRORS=1 row project-pipe 2 1 16 'cannot read .profgen.yaml: it is no regular file' env -C project "$PROFGEN" audit pod.yaml
mkfifo baseline
timeout 60 cat baseline >"$scratch/accepted" &
audit baseline-pipe 0 1 16 'PG101 privileged-container' --write-baseline baseline pod.yaml
wait $!
grep -q '"PG101"' "$scratch/accepted" || fail "baseline-pipe: the baseline did not arrive"

unreadable() {
    local -a as=()
    chmod 000 tree/secret.yaml tree/closed
    if [ "$(id -u)" = 0 ]; then
        command -v setpriv >/dev/null || { echo "unreadable: SKIPPED: setpriv is missing"; return; }
        chmod 755 "$scratch"
        as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
    fi
    "${as[@]}" test -x "$PROFGEN" || { echo "unreadable: SKIPPED: others cannot run $PROFGEN"; return; }
    row unreadable-file 2 1 16 'tree/secret.yaml cannot open: Permission denied' "${as[@]}" "$PROFGEN" audit tree/secret.yaml
    row unreadable-directory 2 1 16 'cannot open the directory: Permission denied' "${as[@]}" "$PROFGEN" audit tree/closed
    row unreadable-in-tree 1 1 16 'tree/closed cannot open the directory: Permission denied' "${as[@]}" "$PROFGEN" audit tree
    row unreadable-strict 2 1 16 'tree/secret.yaml cannot open: Permission denied' "${as[@]}" "$PROFGEN" audit --strict tree
}
unreadable

# A reader that goes away ends the program, without a word; status 141 is the shell's for that.
for ((i = 0; i < 3000; i++)); do
    echo ---
    cat pod.yaml
done >many.yaml
# shellcheck disable=SC2016 # for the inner shell
timeout -s KILL 60 bash -c '"$0" audit --format json many.yaml 2>"$1" | head -1; echo "${PIPESTATUS[0]}"' "$PROFGEN" \
    "$scratch/err" >"$scratch/out"
printf '{\n141\n' | cmp -s - "$scratch/out" || fail "pipe that closes: $(cat "$scratch/out")"
[ ! -s "$scratch/err" ] || fail "pipe that closes: something was written to standard error"

# A file that is replaced, cut and grown while it is read gives one of its states, or an error, each time.
python3 - many.yaml changing.yaml <<'PY' &
import os, sys, time
whole = open(sys.argv[1], "rb").read()
end = time.time() + 5
while time.time() < end:
    with open(sys.argv[2], "wb") as file:
        for at in range(0, len(whole), 65536):
            file.write(whole[at:at + 65536])
            file.flush()
    with open("fresh", "wb") as file:
        file.write(whole[:100])
    os.rename("fresh", sys.argv[2])
PY
writer=$!
while kill -0 "$writer" 2>/dev/null; do
    [ -e changing.yaml ] || continue
    timeout -s KILL 60 "$PROFGEN" audit --format json changing.yaml >"$scratch/out" 2>"$scratch/err"
    status=$?
    if [ "$status" -gt 2 ] || [ -s "$scratch/err" ]; then fail "changing.yaml: status $status"; fi
done
wait "$writer"

# ---- Compose -------------------------------------------------------------------------------------------------

compose() { # NAME SENTENCE: reported, and nothing but reported, unless --strict
    audit "compose-$1" 0 1 16 "$2" --severity critical "compose/$1.yaml"
    audit "compose-$1-strict" 2 1 16 "$2" --severity critical --strict "compose/$1.yaml"
}
compose circle 'circle.yaml includes itself'
compose zero 'cannot read /dev/zero: it is no regular file'
compose pipe 'cannot read compose/pipe: it is no regular file'
compose shadow 'etc/passwd'
compose extends 'extends itself'
if grep -q 'root:' "$scratch/out"; then fail "the text of another file is shown"; fi
audit doubling 0 4 64 'No findings' --severity critical doubling

[ "$failures" = 0 ] || { echo "$failures failed"; exit 1; }
