#!/bin/bash
# etcd: a Go server; keys are put, read, watched for and deleted through its HTTP gateway; data survives a restart.
. "$(dirname "$0")/common.sh"
programs=(etcd curl base64)

# ask CALL JSON
ask() {
    curl -sf "http://127.0.0.1:$client_port/v3/kv/$1" -d "$2"
}

encoded() {
    printf %s "$1" | base64
}

serve() {
    start etcd --name one --data-dir "$work/data" --unsafe-no-fsync \
        --listen-client-urls "http://127.0.0.1:$client_port" --advertise-client-urls "http://127.0.0.1:$client_port" \
        --listen-peer-urls "http://127.0.0.1:$peer_port" --initial-advertise-peer-urls "http://127.0.0.1:$peer_port" \
        --initial-cluster "one=http://127.0.0.1:$peer_port"
    ready ask range "{\"key\": \"$(encoded any)\"}"
}

run() {
    local i
    free_port
    client_port=$port
    free_port
    peer_port=$port
    serve
    for i in {1..20}; do
        ask put "{\"key\": \"$(encoded "key$i")\", \"value\": \"$(encoded "value $i")\"}" >/dev/null
    done
    want value "$(ask range "{\"key\": \"$(encoded key7)\"}" | grep -c "\"$(encoded 'value 7')\"")" 1
    want deleted "$(ask deleterange "{\"key\": \"$(encoded key7)\"}" | grep -c '"deleted":"1"')" 1
    stop TERM "$server" 143
    serve
    want 'after a restart' "$(ask range "{\"key\": \"$(encoded key8)\"}" | grep -c "\"$(encoded 'value 8')\"")" 1
    stop TERM "$server" 143
}
workload "$@"
