#!/bin/bash
# redis-server: strings, lists, a script, an append-only file and a snapshot by a forked child; data survives a restart.
. "$(dirname "$0")/common.sh"
programs=(redis-server redis-cli)

cli() {
    redis-cli -h 127.0.0.1 -p "$port" "$@"
}

# The file is there a moment before the server knows that its child has ended.
snapshot_is_made() {
    [[ -s dump.rdb && $(cli info persistence) == *rdb_bgsave_in_progress:0* ]]
}

serve() {
    start redis-server --bind 127.0.0.1 --port "$port" --dir "$work" --save '' --appendonly yes --loglevel notice
    ready cli ping
}

run() {
    free_port
    serve
    want set "$(cli set greeting hello)" OK
    want get "$(cli get greeting)" hello
    want counter "$(for i in {1..20}; do cli incr counter; done | tail -1)" 20
    want list "$(cli rpush list a b c)" 3
    want range "$(cli lrange list 0 -1 | tr '\n' ' ')" 'a b c '
    want script "$(cli eval 'return redis.call("get", KEYS[1])' 1 greeting)" hello
    want piped "$(for i in {1..500}; do echo "set key$i $i"; done | cli | grep -c OK)" 500
    want snapshot "$(cli bgsave)" 'Background saving started'
    ready snapshot_is_made
    want save "$(cli save)" OK
    cli shutdown nosave
    wait "$server"
    serve
    want 'get after a restart' "$(cli get key500)" 500
    stop TERM "$server"
}
workload "$@"
