# Shared by the real workloads. Each is NAME.sh: it sets `programs`, defines run, and ends with `workload "$@"`.
#
#   NAME.sh run     do the whole work in a fresh temporary directory; 0 only when it was really done right
#   NAME.sh user    print the user it is to run as ("" for whoever calls), for programs that refuse root
#
# 77 and a reason when a program is missing. Nothing outside the temporary directory is written, and every server
# listens on a free port of 127.0.0.1 only.
# shellcheck shell=bash

set -eu -o pipefail
export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin
programs=()
user=
servers=()

die() {
    echo "${0##*/}: $*" >&2
    exit 1
}

# want WHAT SEEN WANTED
want() {
    [ "$2" = "$3" ] || die "$1: '$2' instead of '$3'"
}

# Leaves a port of 127.0.0.1 that nobody listens on in $port. In the tests' private network namespace every one is free.
free_port() {
    local try
    for try in {1..50}; do
        port=$((20000 + RANDOM % 12000))
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            return 0
        fi
    done
    die "no free port in $try tries"
}

# start COMMAND…: a server in the background, its output in server.log; its pid in $server.
start() {
    "$@" >>server.log 2>&1 &
    server=$!
    servers+=("$server")
}

# ready COMMAND…: waits until it succeeds. The first look is after a sleep, so that every run makes the same calls.
ready() {
    local try
    for try in {1..300}; do
        sleep 0.1
        if "$@" >/dev/null 2>&1; then
            return 0
        fi
    done
    tail -20 server.log >&2
    die "the server was not ready after $try tries"
}

# stop SIGNAL PID [STATUS]: ends a server and holds it to its exit status.
stop() {
    local status=0
    kill -s "$1" "$2"
    wait "$2" || status=$?
    want "status of the server" "$status" "${3:-0}"
}

finish() {
    local status=$? pid
    trap - EXIT
    for pid in "${servers[@]}"; do
        kill -KILL "$pid" 2>/dev/null || true
    done
    wait 2>/dev/null || true
    cd /
    rm -rf "$work"
    exit "$status"
}

workload() {
    local program
    case ${1:-run} in
    user)
        echo "$user"
        exit 0
        ;;
    run) ;;
    *) die "usage: $0 run|user" ;;
    esac
    for program in "${programs[@]}"; do
        if ! command -v "$program" >/dev/null; then
            echo "SKIPPED: $program is not installed"
            exit 77
        fi
    done
    work=$(mktemp -d "${TMPDIR:-/tmp}/profgen-work.XXXXXX")
    trap finish EXIT
    cd "$work"
    export HOME=$work
    run
    echo "${0##*/}: done"
}
