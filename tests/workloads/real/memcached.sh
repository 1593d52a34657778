#!/bin/bash
# memcached: four threads, the text protocol over TCP, spoken by bash.
. "$(dirname "$0")/common.sh"
programs=(memcached)

# ask LINE…: sends the lines and prints what comes back up to the answer to the final "quit".
ask() {
    exec 3<>"/dev/tcp/127.0.0.1/$port"
    printf '%s\r\n' "$@" quit >&3
    tr -d '\r' <&3
    exec 3>&-
}

alive() {
    ask version | grep -q VERSION
}

run() {
    local i
    free_port
    start memcached -l 127.0.0.1 -p "$port" -u "$(id -un)" -m 16 -t 4
    ready alive
    for i in {1..30}; do
        want set "$(ask "set key$i 0 0 5" hello)" STORED
    done
    want get "$(ask 'get key7' | sed -n 2p)" hello
    want delete "$(ask 'delete key7')" DELETED
    want gone "$(ask 'get key7')" END
    want stored "$(ask 'set n 0 0 2' 41)" STORED
    want incremented "$(ask 'incr n 1')" 42
    want items "$(ask stats | grep -c '^STAT curr_items 30$')" 1
    stop TERM "$server"
}
workload "$@"
