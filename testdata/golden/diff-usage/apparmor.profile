profile server {
  /usr/sbin/server mr,
  /lib/x86_64-linux-gnu/libc.so.6 mr,
  /etc/** rw,
  /run/server.pid w,
  network inet stream,
  network inet6 stream,
  capability setuid,
  capability sys_ptrace,
}
