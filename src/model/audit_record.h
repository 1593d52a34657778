/* Records made things of (private to the model). */
#pragma once

#include "model/audit_log.h"

enum audit_reading { AUDIT_READ, AUDIT_STATUS, AUDIT_MALFORMED, AUDIT_FOREIGN_ABI };

/* Strings are added to the log's; nothing else of it is changed. */
enum audit_reading audit_apparmor_read(struct audit_log *log, const struct audit_line *line, struct audit_thing *ret);
enum audit_reading audit_seccomp_read(struct audit_log *log, const struct audit_line *line, struct audit_thing *ret);

/* STRING_NONE for NULL. */
uint32_t audit_log_string(struct audit_log *log, const char *text);
/* A field that may stand in hexadecimal; STRING_NONE when there is none. */
uint32_t audit_log_field(struct audit_log *log, const struct audit_line *line, const char *key);
