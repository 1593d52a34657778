#!/bin/bash
# usage: audit.sh [ROUNDS]
# What an audit costs, as ratios to parsing the same files with libyaml and nothing else: 10,000 manifests of which three in ten have
# findings, interleaved, medians of ROUNDS (default 5) of wall time and of processor time, which says less but holds on
# a busy machine; then one manifest from start to exit, and the peak memory of 1,000, 10,000 and 100,000 manifests of
# few findings, as JSON. Nothing here passes or fails by a number: the table says what holds.
#
# PROFGEN names the program (default build/profgen), BENCH the directory of the built helpers. BENCH_TINY=1 takes 20 files:
# only to see that it runs.
set -u
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
PROFGEN=${PROFGEN:-$here/../../build/profgen}
BENCH=${BENCH:-$here/../../build/tests/bench}
rounds=${1:-5}
manifests=10000 starts=50 memories="1000 10000 100000"
[ -z "${BENCH_TINY:-}" ] || { manifests=20 starts=3 memories="10 20"; }

for program in "$PROFGEN" "$BENCH/measure" "$BENCH/yaml_events" python3; do
    command -v "$program" >/dev/null || { echo "SKIPPED: $program is missing"; exit 77; }
done
PROFGEN=$(realpath "$PROFGEN")
BENCH=$(realpath "$BENCH")
scratch=$(realpath "$(mktemp -d "${TMPDIR:-/tmp}/profgen-bench.XXXXXX")")
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1

median() {
    sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# timed ROW COMMAND…: adds a line of nanoseconds, KiB, nanoseconds of processor time to ROW. Findings are no failure.
timed() {
    local row=$1 status
    shift
    "$BENCH/measure" measured "$@" </dev/null >/dev/null 2>errors
    status=$?
    if [ "$status" -gt 1 ] || [ -s errors ]; then
        echo "$* failed with status $status:" >&2
        tail -5 errors >&2
        exit 1
    fi
    cat measured >>"$row"
}
audit=("$PROFGEN" audit --no-config)

# column ROW N: the median
column() {
    awk -v n="$2" '{ print $n }' "$1" | median
}

ways=(libyaml-1 libyaml-2 json text json-1)
run_way() {
    case $1 in
    libyaml-*) timed "$1" "$BENCH/yaml_events" "${1#libyaml-}" list ;;
    json-1) timed "$1" "${audit[@]}" --jobs 1 --format json many ;;
    *) timed "$1" "${audit[@]}" --format "$1" many ;;
    esac
}

bench_many() {
    local round way wall cpu
    python3 "$here/manifests.py" many "$manifests" 30 || exit 1
    find many -type f | sort >list
    for ((round = 0; round < rounds; round++)); do
        for way in "${ways[@]}"; do
            run_way "$way"
        done
    done
    printf '%-28s %8s %8s %14s %14s\n' "$manifests manifests" 'wall s' 'CPU s' 'CPU/libyaml-1' 'wall/libyaml-2'
    for way in "${ways[@]}"; do
        awk -v way="$way" -v wall="$(column "$way" 1)" -v cpu="$(column "$way" 3)" -v one="$(column libyaml-1 3)" \
            -v two="$(column libyaml-2 1)" 'BEGIN {
                printf "%-28s %8.3f %8.3f %14.2f %14.2f\n", way, wall / 1e9, cpu / 1e9, cpu / one, wall / two }'
    done
    wall=$(column json 1)
    cpu=$(column json 3)
    awk -v wall="$wall" -v cpu="$cpu" -v one="$(column libyaml-1 3)" 'BEGIN {
        printf "in a second (bar 1 s of wall time): %s; within twice the parsing alone (CPU): %s\n",
            wall < 1e9 ? "holds" : "misses", cpu < 2 * one ? "holds" : "misses" }'
}

bench_one() {
    local run file
    file=$(head -1 list)
    for ((run = 0; run < starts; run++)); do
        timed one "${audit[@]}" "$file"
    done
    awk -v wall="$(column one 1)" -v cpu="$(column one 3)" 'BEGIN {
        printf "one manifest, start to exit: %.2f ms, %.2f ms CPU (bar 10): %s\n", wall / 1e6, cpu / 1e6,
            wall < 1e7 ? "holds" : "misses" }'
}

# Hard links: many paths to the same thousand files, as far as an audit can tell.
bench_memory() {
    local count i
    python3 "$here/manifests.py" few $((${memories%% *} < 1000 ? ${memories%% *} : 1000)) 1 || exit 1
    for count in $memories; do
        mkdir "memory-$count"
        for ((i = 0; i < count / ${memories%% *}; i++)); do
            cp -al few "memory-$count/$i"
        done
        timed "rss-$count" "${audit[@]}" --format json "memory-$count"
        awk -v count="$count" -v kib="$(column "rss-$count" 2)" -v wall="$(column "rss-$count" 1)" 'BEGIN {
            printf "memory, %d manifests of few findings: %.1f MiB, %.2f s\n", count, kib / 1024, wall / 1e9 }'
    done
    sort -n -k 2 rss-* | tail -1 | awk '{
        printf "memory does not depend on their number (bar 16 MiB): %s\n", $2 < 16 * 1024 ? "holds" : "misses" }'
}

echo "$(uname -sr), $(nproc) CPUs, load $(cut -d' ' -f1 /proc/loadavg), medians of $rounds"
bench_many
bench_one
bench_memory
