# profgen 0.1.0, profgen-mark:66f0d91a1ab3b579
# made from webd -c /etc/webd.conf (Linux 6.1.0-18-amd64, x86_64, libc glibc 2.36, complete)
# Allow-list: only what was recorded is allowed, in 11 file rules.
# 2 rules were generalised; each says why (--generalise=none turns it off).
# Load it with: apparmor_parser -r -W FILE; use it with: docker run --security-opt apparmor=web
abi <abi/3.0>,

profile web flags=(attach_disconnected,mediate_deleted) {
  capability net_bind_service, # bind
  network inet stream,
  network netlink raw,
  signal (receive),
  signal (send, receive) peer="web",
  ptrace (read, readby) peer="web",
  /etc/passwd r,
  /etc/webd.conf r,
  /proc/[0-9]*/stat r, # generalised: a process number
  /proc/self/status r,
  /run/webd.pid w,
  "/srv/www/a b\{c\}\[d\].html" r,
  /sys/devices/system/cpu/online r,
  /tmp/webd-[A-Za-z0-9][A-Za-z0-9][A-Za-z0-9][A-Za-z0-9][A-Za-z0-9][A-Za-z0-9] rw, # generalised: a name made by mkstemp
  /usr/lib/x86_64-linux-gnu/libc.so.6 rm,
  /usr/sbin/webd rmix,
  /var/log/webd/access.log w,
}
