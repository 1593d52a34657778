#!/bin/bash
# usage: test_hostile.sh NAME [USER]
# Runs one program of hostile/ bare and under `profgen trace`, in a fresh directory each time: standard
# output and exit status are the same, nothing is left behind, and what the program expects of a true
# recording holds. HOSTILE names the directory of the built programs. With TRACER=strace the run is
# traced by strace -f instead and only the calls are checked: the test of these tests. METHOD is trace's --method.
set -u
. "$(dirname "$0")/lib.sh"

name=$1
user=${2:-}
tracer=${TRACER:-profgen}
need timeout
[ -n "$PYTHON" ] || skip "python3 is not installed"
[ -x "$HOSTILE/$name" ] || skip "$name was not built: its compiler (gcc -m32, musl-gcc) is missing"
if [ "$tracer" = strace ]; then need strace; else need_profgen; fi
if [ -n "$user" ]; then
    [ "$(id -u)" = 0 ] || skip "only root can run it as $user"
    need setpriv
fi
make_scratch
chmod 777 "$scratch" # the recording lies there, whoever the user is
# Copies, because another user may not be able to reach the build.
cp "$HOSTILE/$name" "$scratch/$name"
[ "$tracer" = strace ] || cp "$PROFGEN" "$scratch/profgen"
work=$scratch/work

as_user() {
    if [ -n "$user" ]; then
        setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups "$@"
    else
        "$@"
    fi
}

# run KIND COMMAND…: in a fresh work directory; leaves KIND.{out,err,expect,status}.
run() {
    local kind=$1 status
    shift
    rm -rf "$work"
    mkdir "$work"
    [ -z "$user" ] || chown "$user" "$work"
    (
        cd "$work" || exit 99
        export HERE=$work RECORDING=$work.json PROFGEN_TEST=$scratch:$kind
        as_user timeout -k 5 "${LIMIT:-90}" "$@" "$scratch/$name" </dev/null >"$scratch/$kind.out" \
            2>"$scratch/$kind.err" 9>>"$scratch/$kind.expect"
    )
    status=$?
    echo "$status" >"$scratch/$kind.status"
    case $status in
    77) skip "$name says that this machine cannot do it" ;;
    99) cat "$scratch/$kind.err"; fail "$name could not do its own work ($kind)" ;;
    124 | 137) [ "$kind" = bare ] || { echo "hangs: ended by timeout or SIGKILL, status $status"; problems=1; } ;;
    esac
    if ! none_left "$scratch:$kind" 10; then
        [ "$kind" != bare ] || fail "$name leaves processes behind by itself"
        problems=1
    fi
}

problems=0
if [ "$name" = set_user_id ]; then
    chmod 4755 "$scratch/$name"
    user=${user:-nobody}
fi
run bare
if [ "$tracer" = strace ]; then
    run traced strace -f -n -o "$scratch/log" --
else
    run traced "$scratch/profgen" trace --method "${METHOD:-auto}" -o "$work.json" --
fi
if ! diff -u "$scratch/bare.out" "$scratch/traced.out"; then
    echo "standard output differs"
    problems=1
fi
bare=$(cat "$scratch/bare.status")
traced=$(cat "$scratch/traced.status")
if [ "$bare" != "$traced" ]; then
    echo "exit status: $bare bare, $traced traced"
    problems=1
fi
if [ "$tracer" = strace ]; then
    "$PYTHON" "$here/check_recording.py" --strace "$scratch/traced.expect" "$scratch/log" || problems=1
else
    "$PYTHON" "$here/check_recording.py" "$scratch/traced.expect" "$work.json" || problems=1
fi
if [ "$problems" != 0 ]; then
    echo "standard error, traced:"
    tail -20 "$scratch/traced.err"
    fail "$name"
fi
