/*
 * What tells two things of a kind apart: profiles or recordings, as a list of differences.
 *
 * Compared is what they mean, not how they are written. A difference has a direction, seen from the first (A) to the
 * second (B), what each of the two says, and what it exposes.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"
#include "model/arch.h"
#include "model/risk.h"

enum diff_side {
    DIFF_WIDER,    /* B lets more happen, or did more */
    DIFF_NARROWER, /* A does */
    DIFF_CHANGED,  /* another answer that lets neither more nor less happen */
    DIFF_SIDE_COUNT
};
const char *diff_side_name(enum diff_side side); /* "wider" */

enum diff_kind {
    DIFF_SYSCALL,
    DIFF_ABI,     /* all calls through an ABI */
    DIFF_FILE,    /* a path or a pattern */
    DIFF_CAPABILITY,
    DIFF_NETWORK, /* of AppArmor: a family with its types */
    DIFF_RULE,    /* of AppArmor, of any other kind: mount, signal, ... */
    DIFF_FLAG,    /* of AppArmor or of a seccomp filter */
    DIFF_FACT,    /* of a recording: a socket, an address, a mount, ... */
    DIFF_KIND_COUNT
};
const char *diff_kind_name(enum diff_kind kind); /* "syscall" */

struct diff_row {
    enum diff_side side;
    enum diff_kind kind;
    unsigned abis;    /* a bit per ABI; 0 when the kind knows none */
    char *subject;    /* "clone", a path or pattern, "CAP_SYS_ADMIN"; escaped by text_escape */
    char *when;       /* which arguments, in words; NULL: all */
    char *context;    /* which container, in words; NULL: any with the usual capabilities */
    char *a;          /* what A says or did */
    char *b;
    char *example;    /* a path that shows it; NULL */
    enum risk_level risk; /* of what the wider side has more; RISK_NONE when nothing is known */
    const char *why;  /* of the risk; borrowed from the tables, NULL when there is none */
    const char *cves; /* parted by blanks; borrowed, NULL when there are none */
};

enum diff_verdict { DIFF_IS_EQUAL, DIFF_IS_WIDER, DIFF_IS_NARROWER, DIFF_IS_BOTH, DIFF_IS_CHANGED };
const char *diff_verdict_name(enum diff_verdict verdict); /* "equal", "wider", "narrower", "both", "changed" */

struct diff {
    struct diff_row *rows; /* sorted once it is handed out: by side, risk, kind, subject */
    size_t count;
    size_t capacity;
    unsigned abis; /* that were compared call by call */
    char **notes; /* what was not or only in part compared */
    size_t note_count;
};

struct diff *diff_new(void);
void diff_free(struct diff *diff);
MEM_DEFINE_CLEANUP(struct diff *, diff_free)
/* Takes over the texts of row. Borrowed until the next one is added. */
struct diff_row *diff_add(struct diff *diff, const struct diff_row *row);
void diff_row_done(struct diff_row *row);
void diff_sort(struct diff *diff);
size_t diff_count(const struct diff *diff, enum diff_side side);
enum diff_verdict diff_verdict(const struct diff *diff);
/* Fills in the risk of a system call or a capability by its name. */
void diff_row_judge_call(struct diff_row *row, const char *call);
void diff_row_judge_capability(struct diff_row *row, const char *capability);
