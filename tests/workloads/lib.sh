# Shared by the workload tests. Needs: PROFGEN (the program), set by ctest.
# shellcheck shell=bash

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck disable=SC2034 # for the tests
PYTHON=$(command -v /usr/bin/python3 || command -v python3 || true)

skip() {
    echo "SKIPPED: $*"
    exit 77
}

fail() {
    echo "FAILED: $*"
    exit 1
}

need() {
    local program
    for program in "$@"; do
        command -v "$program" >/dev/null || skip "$program is not installed"
    done
}

need_profgen() {
    [ -x "${PROFGEN:-}" ] || skip "PROFGEN does not name the built program"
    "$PROFGEN" trace --help >/dev/null 2>&1 || skip "this profgen has no trace command"
}

# A temporary directory, gone at the end, whose path has no symlink in it.
make_scratch() {
    scratch=$(realpath "$(mktemp -d "${TMPDIR:-/tmp}/profgen-test.XXXXXX")")
    trap 'rm -rf "$scratch"' EXIT
}

# Processes of this test carry PROFGEN_TEST=$1 in their environment: prints "PID STATE NAME" of each.
processes_of() {
    local dir
    for dir in /proc/[0-9]*; do
        if tr '\0' '\n' 2>/dev/null <"$dir/environ" | grep -qx "PROFGEN_TEST=$1"; then
            awk -v pid="${dir#/proc/}" '/^Name:/ { name = $2 } /^State:/ { state = $2 }
                END { if (state != "Z" && state != "X") print pid, state, name }' "$dir/status" 2>/dev/null
        fi
    done
    return 0
}

# Waits until no process of test $1 is left, at most $2 seconds; else prints and kills them, and fails.
none_left() {
    local until=$((SECONDS + $2)) left pid
    while left=$(processes_of "$1") && [ -n "$left" ]; do
        if [ "$SECONDS" -ge "$until" ]; then
            echo "left behind (pid, state, name):"
            echo "$left"
            while read -r pid _; do
                kill -KILL "$pid" 2>/dev/null
            done <<<"$left"
            return 1
        fi
        sleep 0.1
    done
    return 0
}

# Makes $scratch/real and $scratch/profgen: copies that every user can reach.
copy_real() {
    chmod 755 "$scratch"
    cp -r "$here/real" "$scratch/real"
    [ ! -x "${PROFGEN:-}" ] || cp "$PROFGEN" "$scratch/profgen"
}

# Every real workload's name.
real_names() {
    local file
    for file in "$here"/real/*.sh; do
        [ "${file##*/}" = common.sh ] || basename "$file" .sh
    done
}

# What stands before a command so that it runs in a network namespace of its own, with loopback up: no port can
# collide. Left empty where that cannot be had; the workloads then look for free ports themselves.
private_net=()
# The words are for the inner shell.
# shellcheck disable=SC2016
if unshare -n ip link set lo up 2>/dev/null; then
    private_net=(unshare -n bash -c 'ip link set lo up && exec "$@"' private-net)
fi

# as_its_user NAME COMMAND…: as the user the workload asks for, when root calls.
as_its_user() {
    local wanted
    wanted=$("$here/real/$1.sh" user)
    shift
    if [ -n "$wanted" ] && [ "$(id -u)" = 0 ]; then
        id "$wanted" >/dev/null 2>&1 || skip "there is no user $wanted"
        "${private_net[@]}" setpriv --reuid="$wanted" --regid="$(id -g "$wanted")" --clear-groups "$@"
    else
        "${private_net[@]}" "$@"
    fi
}
