#!/bin/bash
# busybox-static: its own shell runs its own tools; no libc of the system is loaded.
. "$(dirname "$0")/common.sh"
programs=(busybox)

run() {
    cat >work.sh <<'SH'
set -e
mkdir -p tree/a tree/b
for i in 1 2 3 4 5 6 7 8 9 10; do
    echo "line $i" >"tree/a/file$i"
    ln -s "../a/file$i" "tree/b/link$i"
done
find tree -type f | sort | xargs cat | awk '{ sum += $2 } END { print sum }' >sum
tar -czf tree.tar.gz tree
mkdir out
tar -xzf tree.tar.gz -C out
find tree -type f -exec md5sum '{}' ';' | sort >sums
( cd out && md5sum -c ../sums >/dev/null )
sed -i 's/line/row/' tree/a/file3
grep -rl row tree/a
cp -a tree copy
rm -r tree
mv copy tree
chmod 600 tree/a/file1
dd if=/dev/zero of=zeros bs=1k count=100 2>/dev/null
[ "$(wc -c <zeros)" = 102400 ]
( echo first; sleep 0.1; echo second ) | while read -r word; do echo "$word"; done | tail -n 1
cat sum
SH
    want output "$(busybox sh work.sh | tr '\n' ' ')" 'tree/a/file3 second 55 '
}
workload "$@"
