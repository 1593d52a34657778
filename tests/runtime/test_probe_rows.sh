#!/bin/bash
# Every row of profiles/seccomp-probes.csv is executed in containers of the real runtimes, unconfined and under Docker's and
# Podman's default profiles and one that profgen emitted: what happens is what the evaluator says.
#
#   test_probe_rows.sh PROBE_ROWS SECCOMP_ANSWERS [crun|runc]...
#
# Here without the capabilities that could harm this machine; tests/vm does the same with all.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/runtime/container.sh
source "$here/container.sh"
profgen=${PROFGEN:-$CONTAINER_SOURCE_DIR/build/profgen}
rows=${1:?the probe_rows program}
answers=${2:?the seccomp_answers program}
shift 2
runtimes=("$@")
((${#runtimes[@]} > 0)) || runtimes=(crun runc)
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
fail() { echo "FAIL: $1" && exit 1; }
"$answers" cases >"$work/cases" || fail 'there are no cases'
"$profgen" trace -q -o "$work/recording" -- "$rows" --rehearse "$work/cases" >/dev/null || fail 'the rehearsal failed'
"$profgen" emit --seccomp="$work/emitted.json" "$work/recording" 2>"$work/said" || { cat "$work/said" && fail 'no profile was emitted'; }
for engine in docker podman; do
    cp "$CONTAINER_SOURCE_DIR/testdata/seccomp/$engine-default.json" "$work" || fail "$engine's profile was not read"
done

# execute RUNTIME CAPABILITIES OUT [SECCOMP]
execute()
{
    local -a options=(--runtime "$1" --caps "$2" --lenient --timeout 60 --bind "$rows:/tmp/rows:ro" --bind "$work/cases:/tmp/cases:ro")
    [[ -z ${4:-} ]] || options+=(--seccomp "$4")
    container_run "${options[@]}" -- /tmp/rows /tmp/cases >"$3" 2>&1 </dev/null || { cat "$3" && fail "$1 did not run the rows"; }
}

# Those of these that this machine gives.
some=$(container_all_caps | jq -r 'map(select(IN("CAP_NET_RAW", "CAP_SYSLOG", "CAP_SYS_CHROOT", "CAP_BPF", "CAP_PERFMON"))) | join(",")')
ran=0
failed=0
for runtime in "${runtimes[@]}"; do
    if why=$(container_missing "$runtime"); then
        echo "SKIPPED: $why"
        continue
    fi
    for capabilities in none "$some"; do
        execute "$runtime" "$capabilities" "$work/free"
        for profile in "$work"/*.json; do
            execute "$runtime" "$capabilities" "$work/confined" "$profile"
            said=$("$answers" check "$profile" "$runtime" "$work/free" "$work/confined") || failed=1
            # shellcheck disable=SC2001 # a prefix on each line
            sed "s/^/$runtime $(basename "$profile") $capabilities: /" <<<"$said"
            ran=$((ran + $(grep -c '^[^#]' "$work/confined")))
        done
    done
done
((ran > 0)) || exit 77
echo "$(cut -d' ' -f1 "$work/cases" | sort -u | wc -l) probes, $ran calls made under profiles"
exit "$failed"
