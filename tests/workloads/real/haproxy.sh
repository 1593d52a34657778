#!/bin/bash
# haproxy: two threads balance two local servers; requests are counted, a server goes down, a soft stop ends it.
. "$(dirname "$0")/common.sh"
programs=(haproxy curl /usr/bin/python3)

backend() {
    mkdir "$1"
    echo "from $1" >"$1/page"
    start /usr/bin/python3 -I -m http.server -b 127.0.0.1 -d "$1" "$2"
    ready curl -sf "http://127.0.0.1:$2/page"
}

run() {
    local one two front pid
    free_port
    one=$port
    free_port
    two=$port
    free_port
    front=$port
    backend first "$one"
    pid=$server
    backend second "$two"
    cat >haproxy.cfg <<CONF
global
    nbthread 2
    stats socket $work/admin.sock mode 600 level admin
defaults
    mode http
    timeout connect 5s
    timeout client 10s
    timeout server 10s
    option redispatch
    retries 2
frontend front
    bind 127.0.0.1:$front
    default_backend back
backend back
    balance roundrobin
    option httpchk GET /page
    server one 127.0.0.1:$one check inter 200ms
    server two 127.0.0.1:$two check inter 200ms
CONF
    start haproxy -f haproxy.cfg -db
    ready curl -sf "http://127.0.0.1:$front/page"
    want balanced "$(for _ in {1..10}; do curl -s "http://127.0.0.1:$front/page"; done | sort | uniq -c | awk '{ print $1 }' | tr '\n' ' ')" '5 5 '
    stop TERM "$pid" 143
    sleep 1.5
    want 'one left' "$(for _ in {1..5}; do curl -s "http://127.0.0.1:$front/page"; done | sort -u)" 'from second'
    stop USR1 "$server"
}
workload "$@"
