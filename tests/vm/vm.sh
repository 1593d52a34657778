#!/bin/bash
# Runs commands in a virtual machine whose kernel enforces AppArmor. The kernel is Debian's own cloud kernel, or the ordinary
# one, which takes longer to start and serves x32 calls; everything the guest sees is put into an initramfs, so that no image and no installation is needed.
#
#   vm.sh missing [x32]     prints why no such machine can be had here and returns 0; returns 1 when it can
#   vm.sh kernel [x32]      prints the path of the kernel, fetched with apt-get download when it is not cached
#   vm.sh run OPTIONS       starts a guest, prints what the command printed, returns its status (125: no guest)
#     --command TEXT        shell text, run by busybox sh in the guest as root
#     --profile FILE        loaded with apparmor_parser before the command; several times
#     --tree PROGRAM        a program of this machine with the libraries it links; several times
#     --file SRC:DEST       a file; --dir SRC:DEST a directory with all in it; several times
#     --dmesg FILE          gets the kernel's AppArmor lines; --console FILE gets the boot messages
#     --kernel cloud|x32     default cloud
#     --timeout SECONDS     default 240
#     --keep-root DIR       leave the guest's root file system there
#
# The cache is $XDG_CACHE_HOME/profgen/vm (or ~/.cache/profgen/vm). PROFGEN_VM_KERNEL and
# PROFGEN_VM_KERNEL_X32 name kernels to use instead.
# PROFGEN_VM_ACCEL (kvm or tcg) overrides the choice that is made by starting a 512-byte guest.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PATH=$PATH:/usr/sbin:/sbin
cache=${XDG_CACHE_HOME:-$HOME/.cache}/profgen/vm

# The kernel whose kind is $1.
vm_package()
{
    local name=linux-image-cloud-amd64
    [[ $1 == cloud ]] || name=linux-image-amd64
    apt-cache depends "$name" 2>/dev/null | awk '$1 == "Depends:" { print $2; exit }'
}

# Fetches the kernel package and takes the kernel out of it. Nothing is installed.
vm_fetch_kernel()
{
    local package scratch
    package=$(vm_package "$1")
    [[ -n $package ]] || { echo "vm: apt-cache knows no $1 kernel" >&2 && return 1; }
    scratch=$(mktemp -d "$cache/fetch.XXXXXX") || return 1
    # apt's own unprivileged user cannot write here; that is only a warning.
    if (cd "$scratch" && timeout 240 apt-get download "$package" >apt.log 2>&1) &&
        dpkg-deb --fsys-tarfile "$scratch"/*.deb | tar -x -C "$scratch" --wildcards './boot/vmlinuz-*'; then
        mv "$scratch"/boot/vmlinuz-* "$cache/"
    else
        echo "vm: $package could not be downloaded: $(grep -v '^W:' "$scratch/apt.log" | tail -1)" >&2
    fi
    rm -rf "$scratch"
}

vm_cached_kernel()
{
    find "$cache" -maxdepth 1 -name 'vmlinuz-*' 2>/dev/null | sort -V |
        awk -v kind="$1" '/-cloud-/ == (kind == "cloud") { last = $0 } END { if (last) print last }'
}

vm_kernel()
{
    local kernel=${PROFGEN_VM_KERNEL:-}
    [[ $1 == cloud ]] || kernel=${PROFGEN_VM_KERNEL_X32:-}
    if [[ -z $kernel ]]; then
        mkdir -p "$cache" || return 1
        kernel=$(flock "$cache/lock" "${BASH_SOURCE[0]}" kernel-locked "$1")
    fi
    [[ -n $kernel ]] && echo "$kernel"
}

vm_kernel_locked()
{
    [[ -n $(vm_cached_kernel "$1") ]] || vm_fetch_kernel "$1"
    vm_cached_kernel "$1"
}

vm_missing()
{
    local tool
    for tool in qemu-system-x86_64 cpio busybox apparmor_parser aa-exec dpkg-deb; do
        command -v "$tool" >/dev/null || { echo "$tool is not installed" && return 0; }
    done
    [[ $(uname -m) == x86_64 ]] || { echo 'the guest is x86-64' && return 0; }
    [[ -r /usr/share/apparmor-features/features ]] || { echo 'the AppArmor feature file is not installed' && return 0; }
    [[ -n $(vm_kernel "$1" 2>/dev/null) ]] || { echo "no $1 kernel is cached and none could be downloaded" && return 0; }
    return 1
}

# KVM counts as usable when a boot sector that writes one byte to the exit port and halts ends within a second: a /dev/kvm
# that opens says little, some cannot run real mode.
vm_kvm_works()
{
    local sector status
    [[ -w /dev/kvm ]] || return 1
    sector=$(mktemp) || return 1
    # mov al,0x10; out 0xf4,al; hlt; and the boot signature. The exit status is (0x10 << 1) | 1.
    { printf '\xb0\x10\xe6\xf4\xf4' && head -c 505 /dev/zero && printf '\x55\xaa'; } >"$sector"
    timeout -k 1 1 qemu-system-x86_64 -accel kvm -m 16 -nodefaults -display none \
        -device isa-debug-exit,iobase=0xf4,iosize=1 -drive file="$sector",format=raw,snapshot=on >/dev/null 2>&1
    status=$?
    rm -f "$sector"
    ((status == 33))
}

# The answer is kept until this machine boots again.
vm_accelerator()
{
    local memory
    memory=$cache/accelerator-$(cat /proc/sys/kernel/random/boot_id)
    if [[ -n ${PROFGEN_VM_ACCEL:-} ]]; then
        echo "$PROFGEN_VM_ACCEL"
    elif [[ -s $memory ]]; then
        cat "$memory"
    else
        mkdir -p "$cache"
        rm -f "$cache"/accelerator-*
        if vm_kvm_works; then echo kvm; else echo tcg,thread=multi; fi | tee "$memory"
    fi
}

# vm_add SRC DEST: a file into the guest's root, with each symbolic link on the way to it.
vm_add()
{
    local src=$1 dest=$2 parent
    parent=$(dirname "$dest")
    mkdir -p "$root$parent" || return
    cp -a --remove-destination "$src" "$root$dest" || return
    if [[ -L $src ]]; then
        local target
        target=$(realpath "$src") || return
        [[ -e $root$target ]] || vm_add "$target" "$target"
    fi
}

# The name of a file with the symbolic links among its directories resolved, but not the last component.
vm_canonical() { echo "$(realpath "$(dirname "$1")")/$(basename "$1")"; }

vm_add_tree()
{
    local program file
    program=$(command -v "$1") || { echo "vm: $1 is not installed" >&2 && return 1; }
    vm_add "$program" "$(vm_canonical "$program")" || return
    while read -r file; do
        [[ -e $root$(vm_canonical "$file") ]] || vm_add "$file" "$(vm_canonical "$file")" || return
    done < <(ldd "$program" 2>/dev/null | grep -o '/[^ ]*')
}

# The directories and links of a merged /usr, busybox for every ordinary command, AppArmor's user space.
vm_base()
{
    local name applet
    mkdir -p "$root"/{dev,proc,sys,run,etc,root,tmp,vm/profiles,usr/bin,usr/sbin,usr/lib,usr/lib64,var/log,var/lib,var/tmp} || return
    chmod 1777 "$root/tmp" "$root/var/tmp"
    for name in bin sbin lib lib64; do ln -s "usr/$name" "$root/$name"; done
    ln -s /run "$root/var/run"
    vm_add "$(command -v busybox)" /usr/bin/busybox || return
    for applet in $(busybox --list); do
        [[ -e $root/usr/bin/$applet ]] || ln -s busybox "$root/usr/bin/$applet"
    done
    vm_add_tree apparmor_parser && vm_add_tree aa-exec || return
    mkdir -p "$root/usr/share/apparmor-features" "$root/etc/apparmor.d" "$root/etc/apparmor"
    cp /usr/share/apparmor-features/features "$root/usr/share/apparmor-features/"
    cp /etc/apparmor/parser.conf "$root/etc/apparmor/"
    cp -a /etc/apparmor.d/{abi,abstractions,tunables} "$root/etc/apparmor.d/"
    printf 'root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33::/var/www:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n' >"$root/etc/passwd"
    printf 'root:x:0:\nadm:x:4:\nwww-data:x:33:\nnogroup:x:65534:\n' >"$root/etc/group"
    printf 'root:*:19000:0:99999:7:::\n' >"$root/etc/shadow"
    chmod 600 "$root/etc/shadow"
    printf '127.0.0.1 localhost\n' >"$root/etc/hosts"
    printf 'passwd: files\ngroup: files\nhosts: files\n' >"$root/etc/nsswitch.conf"
    cp "$here/init" "$root/init"
    chmod 755 "$root/init"
}

vm_build()
{
    local item
    vm_base || return
    for item in "${trees[@]}"; do vm_add_tree "$item" || return; done
    for item in "${files[@]}"; do
        mkdir -p "$root$(dirname "${item#*:}")" && cp -aL "${item%%:*}" "$root${item#*:}" || return
    done
    for item in "${dirs[@]}"; do
        mkdir -p "$root${item#*:}" && cp -a "${item%%:*}/." "$root${item#*:}/" || return
    done
    for item in "${profiles[@]}"; do cp "$item" "$root/vm/profiles/" || return; done
    printf '%s\n' "$command" >"$root/vm/command"
    (cd "$root" && find . -print0 | cpio --quiet -0 -o -H newc -R 0:0) >"$work/initramfs"
}

vm_boot()
{
    local accelerator
    accelerator=$(vm_accelerator)
    timeout -k 5 "$limit" qemu-system-x86_64 -accel "$accelerator" -cpu max -smp 1 -m 768 -nodefaults -display none \
        -no-reboot -kernel "$kernel" -initrd "$work/initramfs" \
        -append "console=ttyS0 quiet panic=-1 lsm=lockdown,yama,apparmor apparmor=1 security=apparmor audit=1 audit_backlog_limit=8192 nokaslr mitigations=off log_buf_len=4M $append" \
        -serial "file:$work/console" -serial "file:$work/out" -serial "file:$work/log" 2>"$work/qemu"
}

vm_run()
{
    local command='' limit=240 kind=cloud append='' dmesg=/dev/null console=/dev/null keep='' status kernel root work
    local -a profiles=() trees=() files=() dirs=()
    while (($#)); do
        case $1 in
        --command) command=$2 ;;
        --profile) profiles+=("$2") ;;
        --tree) trees+=("$2") ;;
        --file) files+=("$2") ;;
        --dir) dirs+=("$2") ;;
        --dmesg) dmesg=$2 ;;
        --console) console=$2 ;;
        --kernel) kind=$2 ;;
        --timeout) limit=$2 ;;
        --keep-root) keep=$2 ;;
        *) echo "vm: unknown option $1" >&2 && return 125 ;;
        esac
        (($# >= 2)) || { echo "vm: $1 needs a value" >&2 && return 125; }
        shift 2
    done
    [[ $kind == cloud ]] || append=syscall.x32=y
    kernel=$(vm_kernel "$kind") || { echo 'vm: there is no kernel' >&2 && return 125; }
    work=$(mktemp -d) || return 125
    root=${keep:-$work/root}
    status=125
    if mkdir -p "$root" && vm_build && vm_boot; then
        status=$(vm_results)
    else
        echo "vm: the guest did not run: $(tail -1 "$work/qemu" 2>/dev/null)" >&2
        tail -5 "$work/console" >&2 2>/dev/null
    fi
    cp "$work/console" "$console" 2>/dev/null
    rm -rf "$work"
    return "$status"
}

# Hands out what the guest said (standard output of this shell is fd 3 here) and prints its status.
vm_results()
{
    local status
    status=$(awk '$1 == "vm-status" { s = $2 } END { print s }' "$work/out")
    sed '/^vm-status [0-9]*$/d' "$work/out" | sed '$ { /^$/d }' >&3
    cp "$work/log" "$dmesg"
    if [[ -z $status ]]; then
        echo 'vm: the guest ended before its command' >&2
        tail -5 "$work/console" >&2
        status=125
    fi
    echo "$status"
}

exec 3>&1
case ${1:-} in
missing) vm_missing "${2:-cloud}" ;;
kernel) vm_kernel "${2:-cloud}" ;;
kernel-locked) vm_kernel_locked "$2" ;;
run) shift && vm_run "$@" ;;
*) sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2 && exit 2 ;;
esac
