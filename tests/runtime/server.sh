#!/bin/sh
# Real servers with a real load, the same on this machine and in the guest (so: POSIX shell, busybox suffices).
#
#   server.sh lay NAME                    writes configuration and data below /srv, /run, /var/log, /var/lib: to be called
#                                         in a mount namespace of its own, or in a guest
#   server.sh drive NAME [PREFIX...]      starts "PREFIX... SERVER", loads it, stops it; prints what the clients saw and
#                                         returns the status of the server, or 1 when a client saw something wrong
#   server.sh within NAME [PREFIX...]     lays and drives in mount and network namespaces of its own
#   server.sh record NAME REC PROFGEN     the same with "PROFGEN trace -o REC --" as prefix
#   server.sh needs NAME                  prints the programs it takes
#
# NAME is nginx or redis. With SERVER_USER=UID in the environment what is laid belongs to that user.
set -u

needs()
{
    case $1 in
    nginx) echo nginx curl ;;
    redis) echo redis-server redis-cli redis-benchmark ;;
    *) echo "server.sh: unknown server $1" >&2 && return 2 ;;
    esac
}

lay_nginx()
{
    mkdir -p /srv/web/html/sub /var/log/nginx /var/lib/nginx
    echo 'the front page' >/srv/web/html/index.html
    echo 'a page below' >/srv/web/html/sub/page.txt
    head -c 300000 /dev/zero >/srv/web/html/large.bin
    cat >/srv/web/nginx.conf <<'CONF'
daemon off;
user www-data;
worker_processes 2;
pid /run/nginx.pid;
error_log /var/log/nginx/error.log;
events { worker_connections 64; }
http {
    types { text/html html; text/plain txt; }
    access_log /var/log/nginx/access.log;
    sendfile on;
    gzip on;
    server {
        listen 127.0.0.1:8080;
        root /srv/web/html;
        location /behind/ { proxy_pass http://127.0.0.1:8080/; }
        location /listing/ { alias /srv/web/html/; autoindex on; }
    }
}
CONF
}

lay_redis()
{
    mkdir -p /srv/data /var/lib/redis /var/log/redis
    cat >/srv/data/redis.conf <<'CONF'
bind 127.0.0.1
port 6379
daemonize no
dir /var/lib/redis
dbfilename dump.rdb
appendonly yes
appendfsync everysec
logfile /var/log/redis/redis.log
pidfile /run/redis.pid
CONF
}

# same WHAT WANTED GOT
same()
{
    if [ "$2" = "$3" ]; then
        echo "$1: as expected"
    else
        echo "$1: wanted '$2', got '$3'"
        wrong=1
    fi
}

load_nginx()
{
    at=http://127.0.0.1:8080
    same 'front page' 'the front page' "$(curl -s $at/)"
    same 'page below' 'a page below' "$(curl -s $at/sub/page.txt)"
    same 'large file' 300000 "$(curl -s $at/large.bin | wc -c | tr -d ' ')"
    same 'compressed' 'the front page' "$(curl -s --compressed $at/index.html)"
    same 'missing page' 404 "$(curl -s -o /dev/null -w '%{http_code}' $at/missing)"
    same 'proxied' 'a page below' "$(curl -s $at/behind/sub/page.txt)"
    same 'body refused' 405 "$(head -c 200000 /dev/zero | curl -s -o /dev/null -w '%{http_code}' --data-binary @- $at/index.html)"
    same 'listing' 1 "$(curl -s $at/listing/sub/ | grep -c page.txt)"
    for _ in 1 2 3 4 5 6 7 8; do curl -s $at/ $at/sub/page.txt $at/large.bin >/dev/null; done
    kill -HUP "$(cat /run/nginx.pid)"
    sleep 1
    same 'after a reload' 'the front page' "$(curl -s --retry 3 --retry-connrefused $at/)"
}

load_redis()
{
    same 'set' OK "$(redis-cli set key value)"
    same 'get' value "$(redis-cli get key)"
    same 'list' 3 "$(redis-cli rpush list a b c)"
    same 'script' 7 "$(redis-cli eval 'return 7' 0)"
    redis-benchmark -q -n 200 -c 4 -t set,get,lpush >/dev/null || wrong=1
    same 'background save' 'Background saving started' "$(redis-cli bgsave)"
    sleep 1
    redis-cli bgrewriteaof >/dev/null
    sleep 1
    same 'saved' ok "$(redis-cli info persistence | tr -d '\r' | sed -n 's/^rdb_last_bgsave_status://p')"
    same 'rewritten' ok "$(redis-cli info persistence | tr -d '\r' | sed -n 's/^aof_last_bgrewrite_status://p')"
    same 'still there' value "$(redis-cli get key)"
}

answers()
{
    case $1 in
    nginx) curl -s -o /dev/null http://127.0.0.1:8080/ ;;
    redis) [ "$(redis-cli ping 2>/dev/null)" = PONG ] ;;
    esac
}

stop()
{
    case $1 in
    nginx) kill -QUIT "$(cat /run/nginx.pid)" ;;
    redis) redis-cli shutdown >/dev/null 2>&1 ;;
    esac
}

drive()
{
    name=$1
    shift
    wrong=0
    case $name in
    nginx) "$@" nginx -c /srv/web/nginx.conf & ;;
    redis) "$@" redis-server /srv/data/redis.conf & ;;
    *) return 2 ;;
    esac
    server=$!
    tries=0
    until answers "$name"; do
        tries=$((tries + 1))
        if [ $tries -gt 200 ] || ! kill -0 $server 2>/dev/null; then
            echo "$name never answered"
            kill $server 2>/dev/null
            cat "/var/log/$name"/* 2>/dev/null | tail -5
            return 1
        fi
        sleep 0.1
    done
    "load_$name"
    stop "$name"
    wait $server
    status=$?
    echo "$name ended with $status"
    [ "$wrong" = 0 ] || return 1
    return "$status"
}

# The namespaces keep the files and the port away from this machine.
within()
{
    # shellcheck disable=SC2016  # expanded inside
    unshare -m -n --propagation private sh -c '
        self=$1 name=$2
        shift 2
        for where in /srv /run /var/log /var/lib/"$name"; do
            [ -d "$where" ] || where=$(dirname "$where")
            mount -t tmpfs -o mode=755 tmpfs "$where" || exit 125
        done
        ip link set lo up || exit 125
        sh "$self" lay "$name" && sh "$self" own "$name" && sh "$self" drive "$name" "$@"' within "$0" "$@"
}

what=${1:-}
[ $# -gt 1 ] && shift
case $what in
needs) needs "$1" ;;
own) [ -z "${SERVER_USER:-}" ] || chown -R "$SERVER_USER:$SERVER_USER" /srv /run /var/log /var/lib/"$1" ;;
lay) "lay_$1" ;;
drive) drive "$@" ;;
within) within "$@" ;;
record) within "$1" "$3" trace -o "$2" -- ;;
*) sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
esac
