#!/bin/bash
# tar: a tree with links, modes and a sparse file through gzip and xz, out again, and compared.
. "$(dirname "$0")/common.sh"
programs=(tar gzip xz diff)

run() {
    local i packer
    mkdir -p tree/deep/er
    for i in {1..100}; do
        seq "$i" "$((i + 50))" >"tree/deep/file$i"
    done
    ln -s ../file1 tree/deep/er/link
    ln tree/deep/file2 tree/deep/er/hard
    mkfifo tree/fifo
    chmod 751 tree/deep
    truncate -s 1M tree/sparse
    for packer in gzip xz; do
        tar -c --"$packer" --sparse --xattrs -f "tree.$packer" tree
        mkdir "out-$packer"
        tar -x -f "tree.$packer" -C "out-$packer"
        tar -d -f "tree.$packer"
        diff -r --no-dereference -x fifo tree "out-$packer/tree"
        want mode "$(stat -c %a "out-$packer/tree/deep")" 751
        want 'hard link' "$(stat -c %h "out-$packer/tree/deep/file2")" 2
    done
    want listing "$(tar -tf tree.gzip | wc -l)" 107
}
workload "$@"
