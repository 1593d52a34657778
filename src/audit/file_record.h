/*
 * What is remembered of a file once it has been judged, as a run of bytes for the spool (spool.h): what became of it, its pods,
 * its findings with what these still depend on.
 *
 * Records are of one process: numbers are as the machine writes them, and a rule is its place in the rule set.
 */
#pragma once

#include "audit/file_judge.h"

/* Appends the record. The findings get sorted on the way. */
void file_record_write(struct judged_file *judged, const struct rule_set *rules, struct buf *out);

/* What reading needs, and where it puts what it reads: all is reused by the next record. */
struct file_record_reader {
    const struct rule_set *rules;
    const struct context *context; /* complete by now */
    const char *version;           /* of the standard that pods were held against */
    struct audit_entry entry;
    size_t finding_capacity, pod_capacity;
};
void file_record_reader_done(struct file_record_reader *reader);
/* The entry with the findings that stand, their fingerprints told apart; strings are borrowed from bytes. */
struct audit_entry *file_record_read(struct file_record_reader *reader, const char *bytes);
