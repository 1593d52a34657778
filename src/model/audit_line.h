/*
 * One line of an audit or kernel log taken apart: which record it holds, of which event, with which fields.
 *
 * Lines of audit.log, of dmesg and kern.log and of journalctl differ in what stands before the record; none of it is
 * looked at. A record's fields are KEY=VALUE, VALUE in quotes, bare, or, where it holds bytes that could deceive a
 * reader, in hexadecimal (audit_log_untrustedstring in Linux kernel/audit.c).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum audit_record {
    AUDIT_RECORD_OTHER, /* nothing of AppArmor or seccomp */
    AUDIT_RECORD_APPARMOR,
    AUDIT_RECORD_SECCOMP,
    AUDIT_RECORD_SYSCALL, /* the call during which the records of the same event were written */
    AUDIT_RECORD_LOST,    /* the kernel tells of records that it did not write */
};

#define AUDIT_NO_TIME INT64_MIN

/* Borrowed from the line. */
struct audit_line {
    enum audit_record record;
    int64_t time_ms; /* since the epoch; AUDIT_NO_TIME when the line has no audit(TIME:SERIAL) */
    uint64_t serial;
    const char *fields;
    size_t length;
    uint64_t lost;  /* AUDIT_RECORD_LOST: how many */
    bool lost_ever; /* since the machine was started, not since the last such line */
};
/* text is one line without its end, of any bytes. */
void audit_line_read(const char *text, size_t length, struct audit_line *ret);

struct audit_field {
    const char *key;
    size_t key_length;
    const char *value; /* without the quotes */
    size_t length;
    bool quoted;
    bool is_cut; /* the line ends before its quote does */
};
/* The next field from *at, which is moved behind it; words without = are passed over. False at the end. */
bool audit_field_next(const char **at, const char *end, struct audit_field *ret);
/* The first of that name. */
bool audit_field_find(const struct audit_line *line, const char *key, struct audit_field *ret);
/* The kernel writes numbers in small letters. Where the byte got lost that parts a record from what auditd adds to it, as it
 * does when text is copied, a number is followed by a name in capitals: "code=0x0AUID=...". Ends the field before that. */
void audit_field_end_number(struct audit_field *field);
/* The same as a number: decimal, or hexadecimal with base 16, with or without 0x. False when it is none. */
bool audit_field_number(const struct audit_line *line, const char *key, int base, uint64_t *ret);
/* The bytes of a string that may stand in hexadecimal. False when there are none: absent, (null), ? or not well formed. */
bool audit_field_bytes(const struct audit_line *line, const char *key, struct buf *ret);
