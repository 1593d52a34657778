profile web /usr/sbin/web {
  /usr/sbin/web mr,
  /usr/lib/** mr,
  /proc/** rw,
  deny /proc/sys/** w,
  capability net_bind_service,
  network inet stream,
}
