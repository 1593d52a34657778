profile other {
  file,
}
profile narrow flags=(complain) {
  capability net_bind_service,
  network inet,
  deny /etc/** r,
  /{usr/,}lib/** rm,
  /usr/** rmix,
  owner /srv/** rw,
}
