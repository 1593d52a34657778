/*
 * What profiles would deny of what a recording shows, and what would have to be added to them.
 *
 * A recording does not know everything: argument values are capped and kept one by one, the owners of files are
 * not kept. What a profile decides by something unknown is neither denied nor allowed here: its outcome
 * is DENIAL_UNKNOWN, with the reason.
 */
#pragma once

#include "model/apparmor_policy.h"
#include "model/recording.h"
#include "model/seccomp_policy.h"

enum denial_kind { DENIAL_CALL, DENIAL_FILE, DENIAL_CAPABILITY, DENIAL_NETWORK, DENIAL_OTHER, DENIAL_KIND_COUNT };
/* "syscall", "file", "capability", "network", "other" */
const char *denial_kind_name(enum denial_kind kind);

enum denial_outcome {
    DENIAL_SURE,
    DENIAL_UNKNOWN,   /* what decides is not in the recording */
    DENIAL_UNCHANGED, /* the call fails with the errno that it always failed with when it was recorded */
    DENIAL_FALLBACK,  /* clone3 gets ENOSYS, upon which libraries call clone, which is let through */
    DENIAL_OUTCOME_COUNT
};
/* "denied", "unknown", "unchanged", "fallback" */
const char *denial_outcome_name(enum denial_outcome outcome);

/* Strings are borrowed from the recording or the policy unless said otherwise. */
struct denial {
    enum denial_kind kind;
    enum denial_outcome outcome;
    uint32_t image;              /* IMAGE_NONE when unknown */
    bool in[PHASE_COUNT];        /* phases it was done in */
    uint64_t count[PHASE_COUNT]; /* how often; all 0 for files, which are not counted */
    uint64_t first_ns;           /* since the start of the run; UINT64_MAX when not recorded */
    char *reason;                /* owned: why it is not known, or what the workload does instead; else NULL */
    /* DENIAL_CALL */
    enum abi abi;
    uint32_t number;
    struct seccomp_verdict verdict;
    struct arg_values *args[6]; /* owned: the recorded values that are refused; NULL where they do not decide */
    /* DENIAL_FILE */
    char *path; /* owned; a directory has a slash at its end */
    size_t path_length;
    aa_mask refused;
    const struct aa_file_rule *rule; /* that denies it; NULL when none allows it */
    /* DENIAL_CAPABILITY "sys_admin", DENIAL_NETWORK "inet raw", DENIAL_OTHER "mount" */
    char *words;         /* owned */
    const char *subject; /* what was done, such as the call that needs the capability; may be NULL */
    const char *detail;  /* DENIAL_OTHER: what follows the keyword in a rule for just this; NULL: nothing */
};

struct denials {
    struct denial *items;
    size_t count;
    size_t capacity;
    char **notes; /* sentences about what could not be judged at all */
    size_t note_count;
};

void denials_done(struct denials *denials);
#define AUTO_DENIALS __attribute__((cleanup(denials_done)))
size_t denials_count(const struct denials *denials, enum denial_outcome outcome);

/* What decides about rules with includes and excludes: everything but the machine, which follows from the
 * recording. Adds what would be denied; errors as for seccomp_evaluator_new. */
int denials_add_seccomp(struct denials *denials, const struct recording *recording,
                        const struct seccomp_policy *policy, const struct seccomp_context *context, struct err *err);
void denials_add_apparmor(struct denials *denials, const struct recording *recording,
                          const struct apparmor_policy *policy);
/* Notes what the recording itself has lost. */
void denials_note_losses(struct denials *denials, const struct recording *recording);
/* What is certain first; of that what breaks start-up, then by when it came first, then by how often. */
void denials_sort(struct denials *denials);
/* Adds a sentence unless it is there. */
void denials_note(struct denials *denials, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What would have to change for nothing to be denied. */
struct denials_remedy {
    struct seccomp_policy *seccomp;   /* rules and ABIs to add; empty when there are none */
    struct apparmor_policy *apparmor; /* rules to add */
    char **changes;                   /* sentences: rules that stand there and refuse */
    size_t change_count;
    size_t more_changes; /* that are not among them: they are capped */
};
/* policies may be NULL; a denial that is not certain needs nothing. */
void denials_remedy(const struct denials *denials, const struct seccomp_policy *seccomp,
                    const struct apparmor_policy *apparmor, struct denials_remedy *ret);
void denials_remedy_done(struct denials_remedy *remedy);
