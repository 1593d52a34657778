/*
 * The words that several forms of an audit report share.
 *
 * Strings of a result come from manifests and may hold any byte. In every form they are escaped in one way: control
 * characters, bytes that are not UTF-8, and characters that change the direction or the line of what stands around
 * them are written \xHH, byte by byte, so that a report shows what is there and obeys none of it.
 */
#pragma once

#include "base/buf.h"
#include "model/audit_result.h"

/* For audit_escape: what stands as it is although text_escape would escape it. */
#define KEEP_PATH ""         /* a path can be told back from its escaped form */
#define KEEP_WORDS "\\"      /* one line for people */
#define KEEP_LINES "\\\n\t"  /* several lines that may be pasted */

void audit_escape(struct buf *out, const char *text, size_t length, const char *keep);
/* The same for a string; NULL is empty. */
void audit_escape_text(struct buf *out, const char *text, const char *keep);

/* The name of a file for people: "<stdin>" for "-", else the escaped path. */
void audit_add_file(struct buf *out, const struct audit_file *file);
/* FILE:LINE:COLUMN, without what is 0. */
void audit_add_place(struct buf *out, const struct audit_file *file, uint32_t line, uint32_t column);
/* "Deployment shop/api", escaped; the container is not said. */
void audit_add_subject(struct buf *out, const struct finding_subject *subject);
/* The same and ", container app". */
void audit_add_subject_whole(struct buf *out, const struct finding_subject *subject);
/* "PG101 privileged-container"; the id alone where it ends in the name. */
void audit_add_rule(struct buf *out, const struct rule_info *rule);
/* For forms that know three levels: "error" from high on, "warning", and what that form calls the least. */
const char *audit_level(enum severity severity, const char *least);
/* The reason of a file that was not read whole, and the line: "line 3: an unrendered template". */
void audit_add_reason(struct buf *out, const struct audit_file *file);
/* "2 critical, 1 high"; "no findings". */
void audit_add_counts(struct buf *out, const struct audit_summary *summary);
/* "3 files (1 skipped, 1 with errors), 4 documents (1 of no audited kind), 2 subjects". */
void audit_add_extent(struct buf *out, const struct audit_summary *summary);
/* The line of a finding; NULL when there is none, or it is so long (JSON without line ends) that looking at it for each
 * of many findings would take for ever. */
const char *audit_line_of(const struct finding *finding);

/* The column in UTF-16 code units, as editors count, of the byte at a column of a line; both from 1. A byte that is not
 * part of valid UTF-8 counts as one; a column behind the end is the one just behind it. */
uint32_t audit_utf16_column(const char *line, uint32_t column);
