#!/bin/bash
# advise is right about workloads whose answer is known: each is really run and recorded.
set -u
. "$(dirname "$0")/lib.sh"

need timeout
need_profgen
"$PROFGEN" advise --help >/dev/null 2>&1 || skip "this profgen has no advise command"
[ -n "$PYTHON" ] || skip "python3 is not installed"
advised=$HOSTILE/../advised
[ -x "$advised" ] || skip "the program advised is not built"
make_scratch
cd "$scratch" || exit 1
problems=0
left_out=()

# record NAME [METHOD] -- COMMAND…: leaves NAME.json, its advice in NAME.advice
record() {
    local name=$1 method=auto
    shift
    [ "$1" = -- ] || { method=$1; shift; }
    shift
    timeout -k 5 90 "$PROFGEN" trace -q --method "$method" -o "$name.json" -- "$@" >"$name.out" 2>&1 </dev/null ||
        { tail -5 "$name.out"; echo "$name: status $?"; problems=1; }
    "$PROFGEN" advise --format json "$name.json" >"$name.advice" || { echo "$name: no advice"; problems=1; }
}

# holds NAME EXPRESSION: Python over `advice`, `verdict` and `evidence(platform, effect)` (its items by name).
holds() {
    if "$PYTHON" - "$1.advice" "$2" <<'PY'; then
import json, sys
advice = json.load(open(sys.argv[1]))
places = {place["platform"]: place for place in advice["platforms"]}
verdict = {name: place["verdict"] for name, place in places.items()}
def evidence(platform, effect):
    return {item["what"]: item for row in places[platform]["evidence"] if row["effect"] == effect for item in row["items"]}
def metrics(platform):
    return {cost["metric"] for cost in places[platform]["published_costs"]}
unikernels = ["osv", "nanos", "unikraft", "rumprun", "includeos", "mirage"]
if not eval(sys.argv[2]):
    print(sys.argv[2], "does not hold:", json.dumps(verdict), json.dumps(advice["recommendation"]),
          json.dumps(places["gvisor"]["evidence"], indent=1))
    sys.exit(1)
PY
        echo "$1: $2"
    else
        echo "$1: this is wrong"
        problems=1
    fi
}

# A shell script that forks much runs on no unikernel.
# shellcheck disable=SC2016 # for the inner shell
record shell -- sh -c 'for i in 1 2 3 4 5 6 7 8; do echo "$i" | cat | wc -l; (exit 0); done; ls /'
holds shell 'all(verdict[u] == "no" for u in unikernels)'
holds shell 'verdict["gvisor"] == "yes" and verdict["runc"] == "yes"'
holds shell 'any(name.endswith("wc") and item["count"] == 8 for name, item in evidence("nanos", "no").items())'

# What needs a call that the Sentry has not, and what goes on without.
for row in userfaultfd:userfaultfd io_uring:io_uring_setup perf_event_open:perf_event_open; do
    name=${row%:*} call=${row#*:}
    if [ "$("$advised" tries "$name")" = with ]; then
        record "needs-$name" -- "$advised" needs "$name"
        holds "needs-$name" "verdict['gvisor'] == 'no' and evidence('gvisor', 'no')['$call']['count'] == 1"
    else
        left_out+=("$name is refused on this machine")
    fi
    # By stops alone: a filter that refuses comes before one that reports to a tracer.
    timeout 60 "$advised" refusing "$PROFGEN" trace -q --method stops -o "without-$name.json" -- "$advised" tries "$name" \
        >"without-$name.out" 2>&1 </dev/null || { cat "without-$name.out"; problems=1; }
    [ "$(cat "without-$name.out")" = without ] || { echo "$name was not refused"; problems=1; }
    "$PROFGEN" advise --format json "without-$name.json" >"without-$name.advice"
    holds "without-$name" "verdict['gvisor'] == 'yes' and evidence('gvisor', 'fits')['$call']['errno'] == 'ENOSYS'"
done

# A static server of one process and one thread.
serve() {
    local port=$1 connections=$2
    shift 2
    timeout -k 5 60 "$@" >server.out 2>&1 </dev/null &
    local server=$!
    for _ in {1..200}; do
        sleep 0.1
        if (exec 3<>"/dev/tcp/127.0.0.1/$port" && cat <&3 >/dev/null) 2>/dev/null; then
            connections=$((connections - 1))
            [ "$connections" -gt 0 ] || break
        fi
    done
    wait "$server"
}
if [ -x "$advised-static" ]; then
    port=$((20000 + RANDOM % 12000))
    serve "$port" 3 "$PROFGEN" trace -q -o server.json -- "$advised-static" server "$port" 3 ||
        { cat server.out; problems=1; }
    "$PROFGEN" advise --format json server.json >server.advice
    holds server 'all(verdict[u] == "possible" for u in ["osv", "nanos", "unikraft", "rumprun"])'
    holds server 'verdict["mirage"] == "no" and verdict["gvisor"] == "yes"'
    holds server 'advice["load"]["served"] and "network" in metrics("gvisor")'
    holds server 'advice["recommendation"]["runtime_class"] is None'
else
    left_out+=("a static program cannot be linked here")
fi

# nginx, as it is deployed: a master and a worker.
if command -v nginx >/dev/null || [ -x /usr/sbin/nginx ]; then
    PATH=$PATH:/usr/sbin
    mkdir -p www
    echo hello >www/index.html
    port=$((20000 + RANDOM % 12000))
    cat >nginx.conf <<CONF
daemon off;
worker_processes 1;
user $(id -un) $(id -gn);
pid $scratch/nginx.pid;
error_log $scratch/error.log;
events { worker_connections 64; }
http {
    access_log $scratch/access.log;
    client_body_temp_path $scratch/body;
    proxy_temp_path $scratch/proxy;
    fastcgi_temp_path $scratch/fastcgi;
    uwsgi_temp_path $scratch/uwsgi;
    scgi_temp_path $scratch/scgi;
    server { listen 127.0.0.1:$port; root $scratch/www; }
}
CONF
    timeout -k 5 60 "$PROFGEN" trace -q -o nginx.json -- nginx -e "$scratch/error.log" -c "$scratch/nginx.conf" \
        >nginx.out 2>&1 </dev/null &
    tracer=$!
    answer=
    for _ in {1..200}; do
        sleep 0.1
        answer=$({ exec 3<>"/dev/tcp/127.0.0.1/$port" && printf 'GET / HTTP/1.0\r\n\r\n' >&3 && tail -1 <&3; } 2>/dev/null)
        [ "$answer" != hello ] || break
    done
    [ "$answer" = hello ] || { echo "nginx does not answer"; cat nginx.out error.log; problems=1; }
    kill -QUIT "$(cat nginx.pid)"
    wait "$tracer"
    "$PROFGEN" advise --format json nginx.json >nginx.advice
    holds nginx 'verdict["gvisor"] == "yes" and verdict["kata"] == "yes"'
    holds nginx 'all(verdict[u] == "no" for u in unikernels)'
    holds nginx 'advice["recommendation"]["platform"] == "runc" and advice["complete"]'
else
    left_out+=("nginx is not installed")
fi

# Programs that load many packages: the cost of files is named.
mkdir -p packages node_modules
for i in {1..250}; do
    echo "value = $i" >"packages/package_$i.py"
    mkdir "node_modules/package-$i"
    echo "module.exports = $i;" >"node_modules/package-$i/index.js"
done
echo 'import sys; sys.path.insert(0, "packages"); print(sum(__import__(f"package_{i}").value for i in range(1, 251)))' >all.py
# shellcheck disable=SC2016 # for node
echo 'let sum = 0; for (let i = 1; i <= 250; i++) sum += require(`package-${i}`); console.log(sum);' >all.js
loads() {
    record "$@"
    [ "$(cat "$1.out")" = 31375 ] || { echo "$1 says $(cat "$1.out")"; problems=1; }
    holds "$1" 'advice["load"]["startup_files"] >= 250 and "files" in metrics("gvisor")'
    holds "$1" 'advice["recommendation"]["untrusted_runtime_class"] == "kata"'
    "$PROFGEN" advise "$1.json" | grep -q "goes through gVisor's Gofer" || { echo "$1: the Gofer is not named"; problems=1; }
}
loads python -- "$PYTHON" -B all.py
if command -v node >/dev/null; then
    loads node -- node all.js
else
    left_out+=("node is not installed")
fi

[ "$problems" = 0 ] || fail "advice"
[ "${#left_out[@]}" = 0 ] || skip "$(printf '%s; ' "${left_out[@]}")the others passed"
