#!/bin/bash
# audit --recording: a real nginx is recorded at work and held against a manifest that allows too much, one that allows too
# little, and one that fits, of Kubernetes and of Compose. Each finding has its evidence; the fitting ones get none.
set -u
. "$(dirname "$0")/lib.sh"

PATH=$PATH:/usr/sbin:/sbin
need timeout curl nginx
need_profgen
[ -n "$PYTHON" ] || skip "python3 is not installed"
[ "$(id -u)" = 0 ] || skip "the capabilities of a server that starts as root show only to root"
id www-data >/dev/null 2>&1 || skip "there is no user www-data"
make_scratch
chmod 755 "$scratch"
cd "$scratch" || exit 1
problems=0

# ---- the server: what it is given it reads, what it writes lies in directories of their own --------------------

mkdir conf www cache log run
echo hello >www/index.html
cat >conf/nginx.conf <<CONF
daemon off;
worker_processes 2;
user www-data;
pid $scratch/run/nginx.pid;
error_log $scratch/log/error.log;
events { worker_connections 64; }
http {
    access_log $scratch/log/access.log;
    client_body_temp_path $scratch/cache/client_temp;
    proxy_temp_path $scratch/cache/proxy_temp;
    fastcgi_temp_path $scratch/cache/fastcgi_temp;
    uwsgi_temp_path $scratch/cache/uwsgi_temp;
    scgi_temp_path $scratch/cache/scgi_temp;
    server { listen 8080; root $scratch/www; }
}
CONF

cat >serve.sh <<'SH'
#!/bin/bash
"$PROFGEN" trace -q -o nginx.json -- nginx -e "$PWD/log/error.log" -c "$PWD/conf/nginx.conf" &
tracer=$!
for _ in {1..100}; do
    sleep 0.1
    ! curl -sf http://127.0.0.1:8080/ >/dev/null || break
done
curl -sf http://127.0.0.1:8080/ -o page
curl -s http://127.0.0.1:8080/missing -o /dev/null
for _ in {1..50}; do
    [ ! -s run/nginx.pid ] || break
    sleep 0.1
done
kill -QUIT "$(cat run/nginx.pid)"
wait "$tracer"
SH
export PROFGEN
timeout -k 5 60 "${private_net[@]}" bash serve.sh >out 2>&1 || { cat out; fail "nginx under profgen trace"; }
[ "$(cat page)" = hello ] || fail "nginx did not serve its page"
"$PROFGEN" emit --seccomp=nginx-seccomp.json --apparmor=nginx.apparmor --name front nginx.json 2>out || { cat out; fail "no profile"; }

# ---- the manifests -------------------------------------------------------------------------------------------

# pod CONTAINER SPEC: the entries of both, from the first column on
pod() {
    printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: shop}\nspec:\n  %s\n' "${2//$'\n'/$'\n'  }"
    printf '  containers:\n    - name: nginx\n      image: nginx:1.22\n      %s\n' "${1//$'\n'/$'\n'      }"
}

mounts="- {name: conf, mountPath: $scratch/conf}
  - {name: www, mountPath: $scratch/www}"
volumes='- {name: conf, configMap: {name: nginx}}
  - {name: www, configMap: {name: pages}}'

mkdir wide narrow fits
pod "ports: [{containerPort: 9999, hostPort: 9999}]
resources: {limits: {memory: 4Gi, cpu: '16'}, requests: {memory: 2Gi}}
volumeMounts:
  $mounts
  - {name: srv, mountPath: /host/srv}
  - {name: host, mountPath: $scratch/www/more}" \
"hostNetwork: true
hostPID: true
volumes:
  $volumes
  - {name: srv, hostPath: {path: /srv}}
  - {name: host, emptyDir: {}}" >wide/pod.yaml

cat >narrow/profile.json <<'JSON'
{"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"],
 "syscalls": [{"names": ["read", "write", "openat", "close", "execve", "exit_group", "mmap"], "action": "SCMP_ACT_ALLOW"}]}
JSON
cat >narrow/tight.apparmor <<TEXT
profile tight {
  file,
  network,
  capability setuid,
  deny $scratch/log/** w,
}
TEXT
pod "ports: [{containerPort: 8080}]
securityContext:
  readOnlyRootFilesystem: true
  allowPrivilegeEscalation: false
  capabilities: {drop: [ALL], add: [SETUID]}
  seccompProfile: {type: Localhost, localhostProfile: profile.json}
  appArmorProfile: {type: Localhost, localhostProfile: tight}
resources: {limits: {memory: 4Mi}}
volumeMounts:
  $mounts
  - {name: cache, mountPath: $scratch/cache}
  - {name: log, mountPath: $scratch/log, readOnly: true}" \
"automountServiceAccountToken: false
volumes:
  $volumes
  - {name: cache, emptyDir: {}}
  - {name: log, emptyDir: {}}" >narrow/pod.yaml

cp nginx-seccomp.json fits/
cp nginx.apparmor fits/front.apparmor
pod "ports: [{containerPort: 8080}]
securityContext:
  readOnlyRootFilesystem: true
  allowPrivilegeEscalation: false
  capabilities: {drop: [ALL], add: [CHOWN, SETGID, SETUID]}
  seccompProfile: {type: Localhost, localhostProfile: nginx-seccomp.json}
  appArmorProfile: {type: Localhost, localhostProfile: front}
resources: {limits: {memory: 128Mi, cpu: '1'}, requests: {memory: 32Mi, cpu: 100m}}
volumeMounts:
  $mounts
  - {name: cache, mountPath: $scratch/cache}
  - {name: log, mountPath: $scratch/log}
  - {name: run, mountPath: $scratch/run}" \
"automountServiceAccountToken: false
volumes:
  $volumes
  - {name: cache, emptyDir: {}}
  - {name: log, emptyDir: {}}
  - {name: run, emptyDir: {}}" >fits/pod.yaml

mkdir compose-wide compose-fits
cat >compose-wide/compose.yaml <<YAML
services:
  nginx:
    image: nginx:1.22
    privileged: true
    pids_limit: 2
    ports: ["8080:8080", "7070:7070"]
    volumes: ["/srv:/srv", "./conf:$scratch/conf", "./www:$scratch/www:ro"]
YAML
cp nginx-seccomp.json compose-fits/
cat >compose-fits/compose.yaml <<YAML
services:
  nginx:
    image: nginx:1.22
    read_only: true
    cap_drop: [ALL]
    cap_add: [CHOWN, SETGID, SETUID]
    security_opt: ["no-new-privileges:true", "seccomp=nginx-seccomp.json"]
    pids_limit: 40
    mem_limit: 128m
    tmpfs: ["$scratch/cache", "$scratch/log", "$scratch/run"]
    ports: ["127.0.0.1:8080:8080"]
    volumes: ["./conf:$scratch/conf:ro", "./www:$scratch/www:ro"]
YAML

# ---- what is found -----------------------------------------------------------------------------------------------

# found DIRECTORY EXPRESSION…: Python over `ids` (of the rules that spoke) and said(id) (their messages)
found() {
    local directory=$1
    shift
    "$PROFGEN" audit --no-config --only 'PG0*' -f json --recording nginx.json "$directory" >"$directory.json" 2>out
    [ ! -s out ] || { cat out; problems=1; }
    "$PYTHON" - "$directory.json" "$scratch" "$@" <<'PY' || problems=1
import json, sys
report = json.load(open(sys.argv[1]))
scratch = sys.argv[2]
ids = {finding["rule"] for finding in report["findings"]}
high = {finding["rule"] for finding in report["findings"] if finding["severity"] == "high"}
def said(rule):
    return " | ".join(finding["message"] for finding in report["findings"] if finding["rule"] == rule)
wrong = [expression for expression in sys.argv[3:] if not eval(expression)]
wrong += [f"no evidence: {finding['message']}" for finding in report["findings"] if "nginx.json" not in finding["message"]]
wrong += [f"no line: {finding['message']}" for finding in report["findings"] if not finding["line"]]
if [entry["matched"] for entry in report["recordings"]] != [True]:
    wrong.append(f"not matched: {report['recordings']}")
for expression in wrong:
    print(f"{sys.argv[1]}: {expression}")
if wrong:
    for finding in report["findings"]:
        print("   ", finding["rule"], finding["severity"], finding["message"])
sys.exit(bool(wrong))
PY
    echo "$directory: held against the recording"
}

found wide 'ids == {"PG021", "PG023", "PG026", "PG028", "PG030", "PG031", "PG032", "PG034", "PG035", "PG036", "PG037", "PG043", "PG044", "PG045"}' \
    'said("PG023").endswith("drop: [ALL], add: [CHOWN, SETGID, SETUID]")' \
    'said("PG026").endswith(f": {scratch}/cache, {scratch}/log, {scratch}/run")' \
    '"/host/srv" in said("PG028")' '"/www/more" in said("PG030")' \
    '"9999" in said("PG032")' '"8080" in said("PG034") and "listen" in said("PG034")' 'not high'

found narrow 'high == ids - {"PG030"} and {"PG001", "PG002", "PG003", "PG004", "PG005", "PG007"} == high' \
    'f"w of {scratch}/log/access.log" in said("PG002") and "chown" in said("PG002")' \
    'f"mkdir" in said("PG001") and "by /usr/sbin/nginx" in said("PG001") and "gets EPERM" in said("PG001")' \
    '"no CHOWN" in said("PG003") and "no SETGID" in said("PG003") and "no SETUID" not in said("PG003")' \
    'f"nothing is mounted at {scratch}/run" in said("PG004") and "/cache" not in said("PG004")' \
    'f"{scratch}/log is mounted read-only" in said("PG005")'

found fits 'not ids'

found compose-wide '{"PG008", "PG021", "PG026", "PG028", "PG029", "PG032", "PG042"} == ids' \
    '"PG008" in high and "PG042" in high' '"/srv" in said("PG028")' '"/conf" in said("PG029")' '"7070" in said("PG032")'

found compose-fits 'not ids'

# ---- others ---------------------------------------------------------------------------------------------------

# only RECORDING DIRECTORY: what is said at PG024 and PG026
said_of() {
    "$PROFGEN" audit --no-config --only PG024,PG026 -f json --recording "$1" "$2" |
        "$PYTHON" -c 'import json, sys
for finding in json.load(sys.stdin)["findings"]: print(finding["rule"], finding["severity"], finding["message"])'
}

# A server that never needs root and writes to one directory.
if command -v redis-server >/dev/null && command -v redis-cli >/dev/null; then
    mkdir data redis
    pod "resources: {}" "volumes: []" | sed s/nginx/redis/ >redis/pod.yaml
    cat >redis.sh <<'SH'
"$PROFGEN" trace -q -o redis.json -- redis-server --port 6399 --dir "$PWD/data" --save 3600 1 &
tracer=$!
for _ in {1..100}; do
    sleep 0.1
    [ "$(redis-cli -p 6399 set key value 2>/dev/null)" != OK ] || break
done
redis-cli -p 6399 save
redis-cli -p 6399 shutdown nosave
wait "$tracer"
SH
    timeout -k 5 60 "${private_net[@]}" bash redis.sh >out 2>&1 || { cat out; fail "redis under profgen trace"; }
    said_of redis.json redis >out
    if ! grep -q '^PG024 medium' out || ! grep -q "PG026 medium .*: $scratch/data$" out; then
        cat out
        problems=1
    fi
    echo "redis: held against the recording"
fi

# A shell script that runs to an end: for a Job that is all there is, for a Deployment it is no serving.
mkdir job deployment
# shellcheck disable=SC2016 # for the inner shell
"$PROFGEN" trace -q -o shell.json -- sh -c 'mkdir -p "$0/new/sub" && echo text >"$0/new/sub/file" && rm -r "$0/new"' "$scratch/job" ||
    fail "sh under profgen trace"
for kind in Job Deployment; do
    printf 'apiVersion: x/v1\nkind: %s\nmetadata: {name: it}\nspec:\n  template:\n    spec:\n      containers: [{name: sh, image: sh}]\n' "$kind" \
        >"${kind,}/it.yaml"
done
sed -i 's,x/v1,batch/v1,' job/it.yaml
sed -i 's,x/v1,apps/v1,' deployment/it.yaml
said_of shell.json job >out
grep -q "PG026 medium .*: $scratch/job$" out || { cat out; problems=1; }
said_of shell.json deployment >out
grep -q 'PG026 low .*(it never began to serve)' out || { cat out; problems=1; }
echo "sh: held against the recording"

# Which of two, when nothing tells: said, and with --strict the exit status.
cp -r fits twice && cp fits/pod.yaml twice/again.yaml
"$PROFGEN" audit --no-config --only 'PG0*' --strict --recording nginx.json twice >out 2>err
[ $? = 2 ] || { echo "an ambiguous recording is no failure with --strict"; problems=1; }
grep -q 'nginx.json is held against nothing: it could be of 2 containers' err || { cat err; problems=1; }
"$PROFGEN" audit --no-config --only 'PG0*' --strict --recording nginx=nginx.json twice >out 2>err || { cat out err; problems=1; }
grep -q 'and 1 more (named by --recording)' out || { cat out; problems=1; }

# Incomplete: the same, one step less severe, and said.
sed -e 's/"complete": true/"complete": false/' -e 's/"losses": \[\]/"losses": [{"run": 0, "cause": "vanished", "count": 1}]/' \
    nginx.json >lossy.json
"$PROFGEN" audit --no-config --only PG028 --recording lossy.json wide >out 2>err
if ! grep -q '^  low .*PG028' out || ! tr -s ' \n' ' ' <out | grep -q 'lossy.json (incomplete)'; then
    cat out err
    problems=1
fi

[ "$problems" = 0 ] || fail "audit --recording"
