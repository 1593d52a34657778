/*
 * The inside of profile_new: what its steps share. Not for use outside src/model/profile*.c.
 *
 * A builder gathers evidence (what every image did with a call, put together) and then lets each step
 * add entries; an entry is found by ABI and row of the system call table.
 */
#pragma once

#include "model/profile.h"

/* The values of one argument over all images; known is false when some image did not record them. */
struct evidence_values {
    bool known;
    uint64_t *values; /* in no order, without duplicates */
    size_t count;
    size_t capacity;
};

struct evidence {
    uint64_t count;  /* how often it was made; 0: never */
    uint64_t enosys; /* how many of the seen results were ENOSYS */
    uint64_t other;  /* how many were not, or were not seen */
    struct evidence_values args[6];
};

/* The source of an ENOSYS entry that comes from fallbacks.csv. */
#define PROFILE_FALLBACK "fallback"

struct profile_builder {
    struct profile *profile;
    struct evidence *evidence[ABI_COUNT]; /* syscall_count() each, NULL for an ABI that was not used */
    size_t *slots[ABI_COUNT];             /* per row: index into profile->calls + 1; 0: no entry */
};

/* The row's index in the system call table. */
size_t profile_row(const struct syscall *syscall);
/* NULL when there is no entry. Borrowed until the next entry is added. */
struct profile_call *profile_builder_find(const struct profile_builder *builder, enum abi abi,
                                          const struct syscall *syscall);
/* Adds an entry, which must not exist. source and reason are copied or borrowed as in profile_call. */
struct profile_call *profile_builder_add(struct profile_builder *builder, enum abi abi,
                                         const struct syscall *syscall, enum origin origin, const char *source,
                                         const char *reason);
bool profile_call_allows(const struct profile_call *call);
/* Adds an alternative unless it is there. */
void profile_call_match(struct profile_call *call, const struct profile_match *match);
/* Gives a refused entry a reason to be allowed. */
void profile_call_promote(struct profile_call *call, enum origin origin, const char *reason);
/* Any arguments from now on. */
void profile_call_widen(struct profile_call *call);
/* Adds a sentence unless it is there. */
void profile_note(struct profile *profile, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "INDEX=VALUE" or "INDEX&MASK=VALUE", on the low 32 bits. The text is the project's own data: it must be right. */
struct seccomp_arg profile_condition(const char *text);

/* ---- the steps, in order ---------------------------------------------------------------------- */

/* profile_observed.c: gathers evidence and adds what was observed, and what only ever failed with ENOSYS. */
void profile_gather(struct profile_builder *builder);
void profile_add_observed(struct profile_builder *builder);
/* profile_arguments.c: the alternatives that arguments.csv makes of the evidence. */
void profile_filter_arguments(struct profile_builder *builder, struct profile_call *call);
/* The mask of arguments.csv's bits row for this call and ret_index; 0 when it has none. */
uint64_t profile_argument_bits(const char *name, unsigned *ret_index);
/* profile_startup.c */
void profile_add_base(struct profile_builder *builder);
int profile_add_startup(struct profile_builder *builder, struct err *err);
/* profile_siblings.c */
void profile_add_siblings(struct profile_builder *builder);
/* profile_clone3.c: sends callers of clone3 to clone, whose flags a filter can see. */
void profile_close_clone3(struct profile_builder *builder);
/* profile_refused.c: how everything else is refused. */
int profile_find_bounds(struct profile *profile, struct err *err);
void profile_add_refused(struct profile_builder *builder);
/* profile_notes.c: what the person must know, once the entries are sorted. */
void profile_add_notes(struct profile *profile);
/* profile_complement.c: rules that refuse, with EPERM, the arguments that no match allows. */
void profile_refuse_others(struct seccomp_policy *policy, const char *name, const struct profile_match *matches,
                           size_t count);
