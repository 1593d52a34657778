abi <abi/3.0>,
profile app flags=(attach_disconnected) {
  network inet stream,
  capability net_bind_service,
  /usr/bin/app mr,
  /etc/app/** r,
  /var/log/app/*.log w,
  /usr/lib/app/helper Px -> helper,
  owner /tmp/app-* rw,
  deny /etc/app/secret r,
  signal (receive) peer=unconfined,
}
