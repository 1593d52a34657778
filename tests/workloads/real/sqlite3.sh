#!/bin/bash
# sqlite3: journal modes, an index, a join, attach, dump and restore.
. "$(dirname "$0")/common.sh"
programs=(sqlite3)

run() {
    sqlite3 a.db >/dev/null <<'SQL'
pragma journal_mode = delete;
create table t (id integer primary key, word text);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000) insert into t select i, 'word ' || i from n;
create index word on t (word);
begin; update t set word = upper(word); rollback;
SQL
    want journal "$(sqlite3 a.db 'pragma journal_mode = wal; insert into t values (9999, "late"); select count(*) from t;' | tail -1)" 5001
    want joined "$(sqlite3 a.db 'select count(*) from t a join t b on a.id = b.id + 1')" 4999
    sqlite3 a.db .dump >dump.sql
    sqlite3 b.db <dump.sql
    want restored "$(sqlite3 b.db 'attach "a.db" as a; select (select sum(id) from t) = (select sum(id) from a.t)')" 1
    sqlite3 b.db vacuum
    want check "$(sqlite3 b.db 'pragma integrity_check')" ok
}
workload "$@"
