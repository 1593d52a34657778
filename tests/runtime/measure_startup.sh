#!/bin/bash
# Measures which system calls a container runtime makes between loading the seccomp filter and the exec of the
# workload: those that every profile must allow for the container to start at all.
#
#   measure_startup.sh [--repeat N] RUNTIME...       prints RUNTIME,VERSION,SYSCALL,CONDITION as CSV rows
#
# The real runtime runs under strace -f, once for each combination of no_new_privs, user, capabilities and terminal,
# N times over (default 2: a Go runtime's own calls depend on timing). The filter belongs to the thread that loads it and
# to what that thread creates later; its calls are counted up to the execve that succeeds. CONDITION is "always", or the
# smallest statement about the run that explains when the call was seen, or "sometimes".
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/runtime/container.sh
source "$here/container.sh"

# An otherwise open profile: something must be loaded to be measured.
open_profile='{"defaultAction":"SCMP_ACT_ALLOW","architectures":["SCMP_ARCH_X86_64"],
  "syscalls":[{"names":["swapon"],"action":"SCMP_ACT_ERRNO"}]}'

# measure_one RUNTIME NNP USER CAPS TTY: the calls of one start.
measure_one()
{
    local runtime=$1 nnp=$2 user=$3 caps=$4 tty=$5 trace=$work/trace
    local -a options=(--runtime "$runtime" --seccomp "$work/open.json" --user "$user" --caps "$caps")
    [[ $nnp == nnp ]] && options+=(--no-new-privs)
    [[ $tty == tty ]] && options+=(--tty)
    if ! container_run "${options[@]}" --wrap "strace -f -o $trace" -- /bin/true >"$work/said" 2>&1; then
        echo "measure_startup: $runtime ($nnp $user $caps $tty) did not start: $(tail -1 "$work/said")" >&2
        return 1
    fi
    awk -f "$here/calls_under_filter.awk" "$trace"
}

measure_runtime()
{
    local runtime=$1 repeat=$2 version nnp user caps tty i
    version=$("$runtime" --version | awk 'NR == 1 { print $NF }')
    for ((i = 0; i < repeat; i++)); do
        for nnp in nnp no-nnp; do for user in 0:0 1000:1000; do for caps in all none; do for tty in tty no-tty; do
            measure_one "$runtime" $nnp $user $caps $tty |
                sed "s/\$/ $nnp,user=$user,caps=$caps,$tty/" >>"$work/calls" || return 1
            [[ ${PIPESTATUS[0]} == 0 ]] || return 1
        done; done; done; done
    done
    summarise "$runtime" "$version" "$repeat" <"$work/calls"
    rm "$work/calls"
}

# From "CALL nnp,user=0:0,caps=all,tty" lines: one row a call.
summarise()
{
    sort | uniq -c | awk -v prefix="$1,$2" -v repeat="$3" '
        { count[$2] += $1; split($3, factors, ","); for (i in factors) with[$2, factors[i]] += $1 }
        END {
            split("nnp no-nnp user=0:0 user=1000:1000 caps=all caps=none tty no-tty", names, " ")
            for (call in count) {
                when = "sometimes"
                if (count[call] == 16 * repeat)
                    when = "always"
                else
                    for (i in names)
                        if (with[call, names[i]] == 8 * repeat && count[call] == 8 * repeat)
                            when = names[i]
                print prefix "," call "," when
            }
        }' | sort
}

main()
{
    local repeat=2 runtime why
    if [[ ${1:-} == --repeat ]]; then
        repeat=$2
        shift 2
    fi
    command -v strace >/dev/null || { echo 'SKIPPED: strace is not installed' && return 77; }
    work=$(mktemp -d) || return 2
    trap 'rm -rf "$work"' EXIT
    echo "$open_profile" >"$work/open.json"
    for runtime in "$@"; do
        if why=$(container_missing "$runtime"); then
            echo "SKIPPED: $why"
            return 77
        fi
        measure_runtime "$runtime" "$repeat" || return 2
    done
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
    main "$@"
fi
