#!/bin/bash
# lighttpd: files, a directory listing, ranges and a graceful stop.
. "$(dirname "$0")/common.sh"
programs=(lighttpd curl)

run() {
    local base i
    free_port
    base=http://127.0.0.1:$port
    mkdir -p www/directory
    echo 'hello from lighttpd' >www/index.html
    echo listed >www/directory/listed.txt
    cat >lighttpd.conf <<CONF
server.document-root = "$work/www"
server.bind = "127.0.0.1"
server.port = $port
server.errorlog = "$work/error.log"
server.modules = ( "mod_dirlisting", "mod_accesslog" )
accesslog.filename = "$work/access.log"
index-file.names = ( "index.html" )
dir-listing.activate = "enable"
mimetype.assign = ( ".html" => "text/html", ".txt" => "text/plain" )
CONF
    start lighttpd -D -f lighttpd.conf
    ready curl -sf "$base/"
    for i in {1..10}; do
        want "page $i" "$(curl -s "$base/")" 'hello from lighttpd'
    done
    want listing "$(curl -s "$base/directory/" | grep -c listed.txt)" 1
    want range "$(curl -s -r 0-4 "$base/")" hello
    want missing "$(curl -s -o /dev/null -w '%{http_code}' "$base/none")" 404
    stop INT "$server"
    want log "$(grep -c 'GET /directory/' access.log)" 1
}
workload "$@"
