#!/bin/bash
# postgresql: initdb, the server, psql; tables, an index, a transaction, a checkpoint, a restart. It refuses root.
. "$(dirname "$0")/common.sh"
user=postgres
bin=$(echo /usr/lib/postgresql/*/bin)
PATH=${bin##* }:$PATH
programs=(initdb postgres psql)

sql() {
    psql -h 127.0.0.1 -p "$port" -U tester -d postgres -qAtX -c "$1"
}

serve() {
    start postgres -D data -c listen_addresses=127.0.0.1 -c port="$port" -c unix_socket_directories="$work"
    ready sql 'select 1'
}

run() {
    [ "$(id -u)" != 0 ] || die "postgres refuses root: run it as another user"
    free_port
    initdb -D data -U tester -A trust >/dev/null
    serve
    sql 'create table t (id int primary key, word text)'
    sql "insert into t select i, 'word ' || i from generate_series(1, 2000) i"
    want sum "$(sql 'select sum(id) from t')" 2001000
    sql 'create index on t (word)'
    sql 'vacuum analyze t'
    want indexed "$(sql "select id from t where word = 'word 77'")" 77
    sql 'begin; delete from t; rollback'
    want sorted "$(sql 'select count(distinct md5(word)) from t')" 2000
    sql checkpoint
    stop INT "$server"
    serve
    want 'after a restart' "$(sql 'select count(*) from t')" 2000
    stop INT "$server"
}
workload "$@"
