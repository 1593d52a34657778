#!/bin/bash
# nginx: a master and two workers serve files and proxy; curl asks; the configuration is reloaded once.
. "$(dirname "$0")/common.sh"
programs=(nginx curl)

configure() {
    mkdir -p www logs
    echo 'hello from nginx' >www/index.html
    head -c 300000 /dev/zero | tr '\0' 'x' >www/large.txt
    cat >nginx.conf <<CONF
daemon off;
master_process on;
worker_processes 2;
user $(id -un) $(id -gn);
pid $work/nginx.pid;
error_log $work/logs/error.log;
events { worker_connections 64; }
http {
    access_log $work/logs/access.log;
    client_body_temp_path $work/body;
    proxy_temp_path $work/proxy;
    fastcgi_temp_path $work/fastcgi;
    uwsgi_temp_path $work/uwsgi;
    scgi_temp_path $work/scgi;
    types { text/plain txt; text/html html; }
    sendfile on;
    gzip on;
    gzip_types text/plain;
    server {
        listen 127.0.0.1:$port;
        root $work/www;
        location /back/ { proxy_pass http://127.0.0.1:$port/; }
    }
}
CONF
}

ask() {
    local base=http://127.0.0.1:$port try
    for try in {1..10}; do
        want "page $try" "$(curl -s "$base/")" 'hello from nginx'
    done
    want proxied "$(curl -s "$base/back/index.html")" 'hello from nginx'
    # Large, so that the proxy reads into several buffers at once (readv) whatever the timing.
    want "large and proxied" "$(curl -s "$base/back/large.txt" | wc -c)" 300000
    want size "$(curl -s "$base/large.txt" | wc -c)" 300000
    want unpacked "$(curl -s --compressed "$base/large.txt" | wc -c)" 300000
    want range "$(curl -s -r 0-4 "$base/index.html")" hello
    want missing "$(curl -s -o /dev/null -w '%{http_code}' "$base/missing")" 404
    want posted "$(curl -s -o /dev/null -w '%{http_code}' -d a=b "$base/index.html")" 405
}

run() {
    free_port
    configure
    start nginx -p "$work" -e "$work/logs/error.log" -c "$work/nginx.conf"
    ready curl -sf "http://127.0.0.1:$port/"
    ask
    kill -HUP "$server"
    sleep 1
    ask
    stop QUIT "$server"
    want 'lines in the log' "$(grep -c '"GET /large.txt' logs/access.log)" 6
}
workload "$@"
