#!/bin/bash
# profiles/startup.csv against the installed container runtimes.
#
#   test_startup.sh RUNTIME
#
# 1. Measured again, the runtime makes no call that the table lacks, and every call the table calls "always".
# 2. A profile of exactly the table's calls, the base calls and what `busybox true` makes lets the container start, with
#    and without no_new_privs, as root and not, with all capabilities and none, with a terminal and without.
# 3. Each of the table's calls is taken out in turn; what happens is printed. At least one must matter, or the bed
#    enforces nothing.
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/runtime/measure_startup.sh
source "$here/measure_startup.sh"
runtime=${1:?a runtime}
table=$CONTAINER_SOURCE_DIR/profiles/startup.csv
base_calls="exit exit_group rt_sigreturn restart_syscall"

rows_of_installed() { awk -F, -v r="$runtime" -v v="$version" '!/^#/ && $1 == r && $2 == v { print $3, $4 }' "$table"; }

# write_profile FILE CALL...
write_profile()
{
    local file=$1
    shift
    jq -n '{defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 1, architectures: ["SCMP_ARCH_X86_64"],
            syscalls: [{names: $ARGS.positional, action: "SCMP_ACT_ALLOW"}]}' --args "$@" >"$file"
}

busybox_calls() { strace -f -o "$work/busybox" "$busybox" true && sed -E 's/^[0-9]+ +//; s/\(.*//; /^[+-]/d' "$work/busybox" | sort -u; }

check_measured()
{
    measure_runtime "$runtime" 1 >"$work/measured" || { echo "FAIL: $runtime could not be measured" && return 1; }
    local failed=0 call when
    while IFS=, read -r _ _ call _; do
        grep -q "^$call " "$work/rows" || { echo "FAIL: $runtime $version makes $call, which $table lacks" && failed=1; }
    done <"$work/measured"
    while read -r call when; do
        if [[ $when == always ]] && ! grep -q ",$call,always\$" "$work/measured"; then
            echo "FAIL: $table says $runtime $version always makes $call, and it did not" && failed=1
        fi
    done <"$work/rows"
    echo "measured again: $(wc -l <"$work/measured") calls, $(wc -l <"$work/rows") in the table"
    return "$failed"
}

start() { container_run --runtime "$runtime" --timeout 10 --seccomp "$work/profile.json" "$@" -- "$busybox" true >"$work/out" 2>&1; }

check_starts()
{
    local nnp user caps tty failed=0 starts=0 i
    write_profile "$work/profile.json" "${calls[@]}" "${workload[@]}"
    for i in 1 2 3; do
        for nnp in --no-new-privs ''; do for user in 0:0 1000:1000; do for caps in all none; do for tty in --tty ''; do
            # shellcheck disable=SC2086  # an empty word is no option
            if start $nnp --user $user --caps $caps $tty; then
                starts=$((starts + 1))
            else
                echo "FAIL: $runtime $nnp --user $user --caps $caps $tty (round $i): $(tail -1 "$work/out")"
                failed=1
            fi
        done; done; done; done
    done
    echo "$runtime $version: $starts starts under the table's calls"
    return "$failed"
}

# Never fails for one call: the errno may be tolerated. Fails when no call at all is missed.
note_each()
{
    local left call others outcome needed=0
    for left in "${calls[@]}"; do
        others=()
        for call in "${calls[@]}" "${workload[@]}"; do
            [[ $call == "$left" ]] || others+=("$call")
        done
        if [[ " ${workload[*]} " == *" $left "* ]]; then
            echo "without $left: not tried, the workload makes it too"
            continue
        fi
        write_profile "$work/profile.json" "${others[@]}"
        if start; then outcome=starts; else outcome="does not start: $(tail -1 "$work/out" | cut -c1-100)" && needed=$((needed + 1)); fi
        if start --no-new-privs; then outcome+="; with no_new_privs starts"; else outcome+="; with no_new_privs does not" && needed=$((needed + 1)); fi
        echo "without $left: $outcome"
    done
    ((needed > 0)) || { echo "FAIL: no call of the table is needed by $runtime: nothing is enforced" && return 1; }
}

main_test()
{
    local why failed=0
    if why=$(container_missing "$runtime"); then echo "SKIPPED: $why" && exit 77; fi
    command -v strace >/dev/null || { echo 'SKIPPED: strace is not installed' && exit 77; }
    busybox=$(command -v busybox) || { echo 'SKIPPED: busybox is not installed' && exit 77; }
    version=$("$runtime" --version | awk 'NR == 1 { print $NF }')
    work=$(mktemp -d) || exit 2
    trap 'rm -rf "$work"' EXIT
    echo "$open_profile" >"$work/open.json"
    rows_of_installed >"$work/rows"
    if [[ ! -s $work/rows ]]; then
        echo "SKIPPED: $table has no rows for $runtime $version; measured now:"
        measure_runtime "$runtime" 2
        exit 77
    fi
    mapfile -t calls < <(cut -d' ' -f1 "$work/rows")
    read -ra workload <<<"$base_calls $(busybox_calls | tr '\n' ' ')"
    check_measured || failed=1
    check_starts || failed=1
    note_each || failed=1
    exit "$failed"
}

main_test
