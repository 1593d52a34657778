#!/bin/bash
# Exit status and death by signal are passed on as a shell does; what cannot be run is 126 or 127, with one
# sentence, and leaves no recording; standard input, output and error are the workload's own.
set -u
. "$(dirname "$0")/lib.sh"

need timeout
need_profgen
make_scratch
cd "$scratch" || exit 1
problems=0

trace() {
    timeout -k 5 60 "$PROFGEN" trace -o "$scratch/recording" -- "$@"
}

# expect STATUS COMMAND…
expect() {
    local wanted=$1 seen
    shift
    rm -f "$scratch/recording"
    trace "$@" </dev/null >"$scratch/out" 2>"$scratch/err"
    seen=$?
    if [ "$seen" != "$wanted" ]; then
        echo "$*: status $seen, not $wanted"
        problems=1
    fi
}

for status in 0 1 2 42 77 124 125 126 127 128 200 255; do
    expect "$status" /bin/sh -c "exit $status"
done
# The names differ in number between architectures, so the shell is asked.
for name in HUP INT QUIT ABRT KILL USR1 SEGV PIPE ALRM TERM BUS TRAP SYS VTALRM; do
    number=$(kill -l "$name")
    # $$ is for the inner shell.
    # shellcheck disable=SC2016
    expect $((128 + number)) /bin/sh -c 'kill -s "$1" $$; sleep 5' sh "$name"
done
expect 3 sh -c 'exit 3'
[ -s "$scratch/recording" ] || { echo "no recording of a program found by PATH"; problems=1; }

touch "$scratch/not-executable"
mkdir "$scratch/directory"
printf '#!/no/such/interpreter\n' >"$scratch/no-interpreter"
chmod 755 "$scratch/no-interpreter"
for row in "127 /no/such/program" "127 no-such-program-anywhere" "126 $scratch/not-executable" "126 $scratch/directory"; do
    read -r status program <<<"$row"
    expect "$status" "$program"
    lines=$(grep -c . "$scratch/err")
    [ "$lines" = 1 ] || { echo "$program: $lines lines on standard error:"; cat "$scratch/err"; problems=1; }
    [ ! -e "$scratch/recording" ] || { echo "$program: a recording was left"; problems=1; }
done
expect 126 "$scratch/no-interpreter" # it is there; what it names is not

# What goes through.
head -c 3000000 /dev/urandom >"$scratch/bytes"
trace cat <"$scratch/bytes" >"$scratch/copy" 2>"$scratch/err" || problems=1
cmp "$scratch/bytes" "$scratch/copy" || problems=1
trace sh -c 'echo to-err >&2; echo to-out' </dev/null >"$scratch/out" 2>"$scratch/err"
[ "$(cat "$scratch/out")" = to-out ] || { echo "standard output: $(cat "$scratch/out")"; problems=1; }
grep -qx to-err "$scratch/err" || { echo "standard error is not passed"; problems=1; }
# A closed pipe kills the writer and nobody else.
trace yes 2>/dev/null </dev/null | head -1 >/dev/null
seen=${PIPESTATUS[0]}
[ "$seen" = 141 ] || { echo "yes|head: status $seen, not 141"; problems=1; }
# Environment, working directory, umask, limits and ignored signals arrive unchanged.
show='pwd; umask; ulimit -a; env | grep -v "^_=" | sort; trap; grep -E "^(Sig(Blk|Ign|Cgt)|ShdPnd|Groups|Uid|Gid)" /proc/self/status'
(
    umask 027
    trap '' USR1
    ulimit -n 500
    bash -c "$show" </dev/null >"$scratch/bare" 2>&1
    trace bash -c "$show" </dev/null >"$scratch/traced" 2>/dev/null
)
diff -u "$scratch/bare" "$scratch/traced" || { echo "the surroundings differ"; problems=1; }

[ "$problems" = 0 ] || fail "status and surroundings"
