/* The words of both reports on logs. All of them are escaped. */
#pragma once

#include "model/log_review.h"

/* "r on /etc/shadow", "ptrace (x86_64)", "signal (send) set=(term) peer=\"unconfined\"". */
void log_add_what(struct buf *out, const struct audit_log *log, const struct audit_entry *entry);
/* "denied", "let through in complain mode", "the process was killed". */
const char *log_fate(const struct audit_thing *thing);
/* Who did it: the program and the task's name. Nothing when neither is known. */
void log_add_who(struct buf *out, const struct audit_log *log, const struct audit_thing *thing);
/* What the profile has to do with it. Nothing when it was not asked. */
void log_add_standing(struct buf *out, const struct audit_log *log, const struct audit_thing *thing,
                      const struct log_judgement *judgement);
