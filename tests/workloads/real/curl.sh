#!/bin/bash
# curl: downloads, ranges, uploads, redirects, parallel transfers and failures against a local server.
. "$(dirname "$0")/common.sh"
programs=(curl /usr/bin/python3)

run() {
    local base
    free_port
    base=http://127.0.0.1:$port
    mkdir www
    echo 'hello from the server' >www/page
    head -c 500000 /dev/zero >www/large
    mkdir www/directory
    start /usr/bin/python3 -I -m http.server -b 127.0.0.1 -d www "$port"
    ready curl -sf "$base/page"
    want page "$(curl -s "$base/page")" 'hello from the server'
    curl -s -o large "$base/large"
    cmp large www/large
    want redirected "$(curl -sL -o /dev/null -w '%{http_code} %{num_redirects}' "$base/directory")" '200 1'
    want missing "$(curl -s -o /dev/null -w '%{http_code}' "$base/none")" 404
    want posted "$(curl -s -o /dev/null -w '%{http_code}' -d key=value "$base/page")" 501
    curl -sZ --no-progress-meter -o a "$base/page" -o b "$base/large"
    cmp b www/large
    want file "$(curl -s "file://$work/www/page")" 'hello from the server'
    local status=0
    stop TERM "$server" 143
    curl -s "$base/page" || status=$?
    want 'nobody there' "$status" 7
}
workload "$@"
