abi <abi/3.0>,
profile app flags=(attach_disconnected) {
  capability net_bind_service,
  signal (receive) peer=unconfined,
  network inet stream,
  deny /etc/app/secret r,
  owner /tmp/app-* r,
  owner /tmp/app-* w,
  /usr/lib/app/helper Px -> helper,
  /usr/bin/{app,app} mr,
  /etc/app/[^/]** r,
  /etc/app/**/ r,
  /var/log/app/*.lo[g] w,
}
