/* What a log remembers between lines (private to the model). */
#pragma once

#include "model/audit_record.h"

/* The system call comes after the records of its event: so many wait for theirs. */
#define AUDIT_WAITING_MAX 32

struct audit_waiting {
    struct audit_thing thing;
    int64_t time_ms;
    uint64_t serial;
    uint64_t args[4];
    bool has_args;
};

struct audit_log_state {
    struct intern *things; /* the bytes of an entry's thing, by the entry's number */
    struct intern *seen;   /* records with the event they belong to */
    uint64_t lost_ever; /* the most that any line told of */
    struct audit_waiting waiting[AUDIT_WAITING_MAX];
    size_t waiting_count;
};

/* Counts a line that could not be used. */
void audit_log_trouble(struct audit_log *log, enum audit_trouble trouble, uint64_t count, const char *name,
                       uint64_t number, const char *text, size_t length);
/* A line of a log as it is, or the message in a line of JSON. line may have no time: time_ms and serial are given then. */
void audit_log_record(struct audit_log *log, const char *name, uint64_t number, const struct audit_line *line,
                      const char *text, size_t length);
/* A line that is a JSON object of journalctl. */
void audit_log_journal(struct audit_log *log, const char *name, uint64_t number, const char *text, size_t length);
