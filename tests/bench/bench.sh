#!/bin/bash
# usage: bench.sh [ROUNDS [ROW…]]
# What tracing costs, as ratios to the bare run: strace -f, strace -f -c and profgen trace, interleaved, medians of
# ROUNDS (default 5), and of processor time, which says less but holds on a busy machine; then the tracer's peak memory and the time of emit on a recording of 100,000 paths. Rows: calls
# stat tar grep sh threads cc nginx redis memory. Nothing here passes or fails by a number: the table says what holds.
#
# PROFGEN names the program (default build/profgen), BENCH the directory of the built workloads. BENCH_TINY=1 makes
# everything fifty times smaller: only to see that it runs.
set -u
export LC_ALL=C PATH=$PATH:/usr/sbin
here=$(cd "$(dirname "$0")" && pwd)
PROFGEN=${PROFGEN:-$here/../../build/profgen}
BENCH=${BENCH:-$here/../../build/tests/bench}
rounds=${1:-5}
shift
rows=("$@")
[ ${#rows[@]} -gt 0 ] || rows=(calls stat tar grep sh threads cc nginx redis memory)
small=1
[ -z "${BENCH_TINY:-}" ] || small=50

for program in "$PROFGEN" "$BENCH/measure" strace; do
    command -v "$program" >/dev/null || { echo "SKIPPED: $program is missing"; exit 77; }
done
"$PROFGEN" trace --help >/dev/null 2>&1 || { echo "SKIPPED: this profgen has no trace command"; exit 77; }
# Servers get a network namespace of their own, where the ports below are free.
if [ -z "${BENCH_PRIVATE:-}" ] && unshare -n ip link set lo up 2>/dev/null; then
    export BENCH_PRIVATE=1 PROFGEN BENCH
    # shellcheck disable=SC2016 # for the inner shell
    exec unshare -n bash -c 'ip link set lo up && exec "$@"' private-net "$0" "$rounds" "${rows[@]}"
fi
scratch=$(realpath "$(mktemp -d "${TMPDIR:-/tmp}/profgen-bench.XXXXXX")")
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
nginx_port=$((20000 + $$ % 5000))
redis_port=$((nginx_port + 5000))

# ---- the ways of tracing -------------------------------------------------------------------

ways=(bare strace strace-c profgen)
declare -A way_command=(
    [bare]=""
    [strace]="strace -f -o /dev/null --"
    [strace-c]="strace -f -c -o /dev/null --"
    [profgen]="$PROFGEN trace -o $scratch/recording --"
)

# timed WAY COMMAND…: leaves the wall time in nanoseconds in $took, the processor time in $cpu.
timed() {
    local way=$1 status
    local -a tracer
    shift
    read -ra tracer <<<"${way_command[$way]}"
    rm -f recording
    "$BENCH/measure" measured "${tracer[@]}" "$@" </dev/null >output 2>&1
    status=$?
    if [ $status != 0 ]; then
        echo "$* failed under $way with status $status:" >&2
        tail -5 output >&2
        exit 1
    fi
    read -r took _ cpu <measured
}

# ---- the workloads: prepare_ROW once, run_ROW WAY leaves $took and $cpu (0: not known) ---------------------------------

prepare_calls() { :; }
run_calls() { timed "$1" dd if=/dev/zero of=/dev/null bs=1 count=$((100000 / small)) status=none; }

prepare_stat() {
    local i
    mkdir files
    for ((i = 0; i < 40000 / small; i++)); do
        : >"files/$i"
    done
}
run_stat() { timed "$1" env -C files "$BENCH/stat_files" $((40000 / small)) 1; }

tree() {
    if [ $small = 1 ]; then echo /usr/include; else echo /usr/include/linux; fi
}
prepare_tar() { :; }
run_tar() { timed "$1" tar -cf "$scratch/archive.tar" -C "$(dirname "$(tree)")" "$(basename "$(tree)")"; }

prepare_grep() { :; }
# shellcheck disable=SC2016 # for the inner shell
run_grep() { timed "$1" sh -c 'grep -rc "needle in the hay" "$1" >/dev/null; exit 0' sh "$(tree)"; }

prepare_sh() { :; }
# shellcheck disable=SC2016 # for the inner shell
run_sh() { timed "$1" sh -c 'i=0; while [ $i -lt '$((600 / small))' ]; do /bin/true; i=$((i + 1)); done'; }

prepare_threads() { mkdir threads; }
run_threads() { timed "$1" env -C threads "$BENCH/threads" $((4000 / small)); }

prepare_cc() {
    local i
    mkdir cc
    for ((i = 0; i < 24 / (small > 1 ? 12 : 1); i++)); do
        printf '#include <stdio.h>\n#include <stdlib.h>\nint f%d(int x)\n{\n    return printf("%%d", x);\n}\n' "$i" >"cc/f$i.c"
    done
    # shellcheck disable=SC2016 # make's
    printf 'all: $(patsubst %%.c,%%.o,$(wildcard *.c))\n' >cc/Makefile
}
run_cc() { timed "$1" make -s -B -j2 -C cc; }

# answers COMMAND…: waits for a server.
answers() {
    local try
    for try in {1..200}; do
        "$@" >/dev/null 2>&1 && return 0
        sleep 0.05
    done
    echo "a server did not answer after $try tries" >&2
    tail -5 server.log >&2
    exit 1
}

# serve WAY COMMAND…: a traced server in the background.
serve() {
    local -a tracer
    read -ra tracer <<<"${way_command[$1]}"
    shift
    "${tracer[@]}" "$@" </dev/null >server.log 2>&1 &
    server=$!
}

# Requests take as long as wrk says: the time of 10,000 of them.
prepare_nginx() {
    mkdir www
    head -c 1000 /dev/zero >www/page
    cat >nginx.conf <<CONF
daemon off;
worker_processes 1;
user $(id -un) $(id -gn);
pid $scratch/nginx.pid;
error_log $scratch/nginx-error.log;
events { }
http {
    access_log $scratch/nginx-access.log;
    client_body_temp_path $scratch/body;
    proxy_temp_path $scratch/proxy;
    fastcgi_temp_path $scratch/fastcgi;
    uwsgi_temp_path $scratch/uwsgi;
    scgi_temp_path $scratch/scgi;
    keepalive_requests 1000000;
    server { listen 127.0.0.1:$nginx_port; root $scratch/www; }
}
CONF
}
run_nginx() {
    local url=http://127.0.0.1:$nginx_port/page seconds=3 rate
    [ $small = 1 ] || seconds=1
    serve "$1" nginx -p "$scratch" -e "$scratch/nginx-error.log" -c "$scratch/nginx.conf"
    answers curl -sf "$url"
    rate=$(wrk -t 1 -c 8 -d "$seconds" "$url" | awk '/^Requests\/sec:/ { print $2 }')
    kill -QUIT "$(cat nginx.pid)"
    wait "$server"
    cpu=0
    took=$(awk -v rate="$rate" 'BEGIN { printf "%.0f", 10000 / rate * 1e9 }')
}

prepare_redis() { :; }
run_redis() {
    serve "$1" redis-server --bind 127.0.0.1 --port "$redis_port" --dir "$scratch" --save '' --logfile ''
    answers redis-cli -p "$redis_port" ping
    "$BENCH/measure" measured redis-benchmark -h 127.0.0.1 -p "$redis_port" -q -c 8 -n $((20000 / small)) -t set,get \
        >output 2>&1 || exit 1
    redis-cli -p "$redis_port" shutdown nosave
    wait "$server"
    cpu=0
    read -r took _ <measured
}

# ---- the table -------------------------------------------------------------------------------

declare -A needs=([nginx]="nginx wrk curl" [redis]="redis-server redis-cli redis-benchmark" [cc]="make cc")
# The quotient (profgen / bare) / (strace / bare) is to be at most this; "-" where no bar is set.
declare -A bar=([calls]=0.333 [stat]=0.333 [tar]=0.333 [grep]=0.333 [threads]=0.333 [sh]=- [cc]=0.5 [nginx]=0.5 [redis]=0.5)

median() {
    sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

missing() {
    local program
    for program in ${needs[$1]:-}; do
        command -v "$program" >/dev/null || { echo "$program"; return 0; }
    done
    return 1
}

bench_row() {
    local row=$1 round way without
    local -A middle
    if without=$(missing "$row"); then
        printf '%-8s SKIPPED: %s is not installed\n' "$row" "$without"
        return
    fi
    "prepare_$row"
    for ((round = 0; round < rounds; round++)); do
        for way in "${ways[@]}"; do
            "run_$row" "$way"
            echo "$took" >>"times.$row.$way"
            echo "$cpu" >>"cpu.$row.$way"
        done
    done
    for way in "${ways[@]}"; do
        middle[$way]=$(median <"times.$row.$way")
    done
    awk -v row="$row" -v bare="${middle[bare]}" -v strace="${middle[strace]}" -v counting="${middle[strace-c]}" \
        -v profgen="${middle[profgen]}" -v bar="${bar[$row]}" -v cpu="$(median <"cpu.$row.profgen")" \
        -v strace_cpu="$(median <"cpu.$row.strace")" 'BEGIN {
            quotient = profgen / strace
            holds = bar == "-" ? "" : quotient <= bar ? "holds" : "misses"
            printf "%-8s %8.3f %10.2f %10.2f %10.2f %12.3f %6s %-6s %6s\n", row, bare / 1e9, strace / bare, counting / bare,
                profgen / bare, quotient, bar == "-" ? "-" : sprintf("%.2f", bar), holds,
                (cpu > 0 ? sprintf("%.3f", cpu / strace_cpu) : "-") }'
}

bench_memory() {
    local paths=$((100000 / small)) processes=$((1000 / small)) kibibytes emitted
    mkdir many
    timed profgen env -C many "$BENCH/many_paths" "$processes" "$paths"
    read -r took kibibytes <measured
    awk -v p="$paths" -v n="$processes" -v k="$kibibytes" -v t="$took" 'BEGIN {
        printf "tracer memory, %d processes and %d paths: %.1f MiB (bar 64): %s; traced in %.2f s\n", n, p, k / 1024,
            k / 1024 < 64 ? "holds" : "misses", t / 1e9 }'
    if ! "$PROFGEN" emit --help >/dev/null 2>&1; then
        echo "emit: this profgen has no such command"
        return
    fi
    "$BENCH/measure" measured "$PROFGEN" emit --seccomp="$scratch/seccomp.json" --apparmor="$scratch/apparmor.profile" \
        recording >output 2>&1 || { echo "emit failed:" >&2; tail -5 output >&2; exit 1; }
    read -r emitted kibibytes <measured
    awk -v p="$paths" -v t="$emitted" -v k="$kibibytes" 'BEGIN {
        printf "emit, %d paths: %.2f s (bar 1): %s; %.1f MiB\n", p, t / 1e9, t / 1e9 < 1 ? "holds" : "misses", k / 1024 }'
}

echo "$(uname -sr), $(nproc) CPUs, $(strace -V | head -1), medians of $rounds, times the bare run"
printf '%-8s %8s %10s %10s %10s %12s %6s %-6s %6s\n' workload 'bare s' 'strace -f' 'strace -c' profgen \
    'profgen/str.' bar '' 'in CPU'
for row in "${rows[@]}"; do
    if [ "$row" = memory ]; then
        bench_memory
    elif [ -n "${bar[$row]:-}" ]; then
        bench_row "$row"
    else
        echo "there is no row $row" >&2
        exit 2
    fi
done
