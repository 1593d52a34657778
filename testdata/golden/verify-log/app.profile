abi <abi/3.0>,
profile app {
  /usr/bin/busybox rmix,
  /etc/passwd r,
  /srv/made w,
  audit deny /srv/directory/ w,
  signal (receive),
}
