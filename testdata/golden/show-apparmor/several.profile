@{LIB}=/usr/lib /lib

profile outer /usr/bin/outer {
  @{LIB}/** mr,
  /usr/bin/outer mr,
  /usr/bin/inner Cx -> inner,
  include "local/socket"

  profile inner {
    @{LIB}/** mr,
    /usr/bin/inner mr,
    /proc/** r,
    deny /proc/kcore r,
  }
}
