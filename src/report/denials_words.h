/* The words of both reports on denials. */
#pragma once

#include "base/json_out.h"
#include "model/denials.h"

/* "socket (x86_64) with argument 0 = 0x10", "rw on /var/log/app", "capability sys_admin"; escaped. */
void denial_add_what(struct buf *out, const struct denial *denial);
/* "fails with EPERM", "no rule allows it", "the rule deny /srv forbids it"; escaped. */
void denial_add_fate(struct buf *out, const struct denial *denial);
/* The script and who runs it, or the program; escaped. Nothing when unknown. */
void denial_add_image(struct buf *out, const struct recording *recording, const struct denial *denial);
/* A rule as a member of "syscalls". */
void denial_write_rule(struct json_out *json, const struct seccomp_rule *rule);
