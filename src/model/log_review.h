/*
 * A log put to profiles: which of what was denied a profile explains, and what would have to be added to it.
 *
 * Without profiles everything is grouped by the profile that the log names, and all of it would have to be added.
 */
#pragma once

#include "model/apparmor_file.h"
#include "model/audit_log.h"
#include "model/denials.h"

enum log_standing {
    LOG_NOT_ASKED,     /* no profile of that kind is given */
    LOG_EXPLAINED,     /* the profile refuses it, and it would be logged as it was */
    LOG_DIFFERENT,     /* the profile refuses it, but not in the way that was logged: by a rule that logs nothing, or by
                          another action */
    LOG_PERHAPS,       /* what decides is not in the log, or profgen does not judge it */
    LOG_BEYOND,        /* the kernel's reason is none of rules: info */
    LOG_OLDER,         /* the profile allows it: another version of it was loaded, or another seccomp filter */
    LOG_OTHER_PROFILE, /* the log names a profile that is not in the file */
    LOG_STANDING_COUNT
};
const char *log_standing_name(enum log_standing standing); /* "explained" */

struct log_judgement {
    enum log_standing standing;
    aa_mask refused;                 /* DENIAL_FILE */
    const struct aa_file_rule *rule; /* that denies it; borrowed from the policy, NULL when none allows it */
    struct seccomp_verdict verdict;  /* DENIAL_CALL, unless it is not asked or allowed */
    char *reason;                    /* owned: why it is not known; NULL */
};

/* Denials of one AppArmor profile; seccomp's of one program or, when a policy is asked, of all. */
struct log_group {
    bool is_seccomp;
    bool is_asked;
    char *name;      /* of the profile or the program; "" for all programs */
    size_t *entries; /* numbers in the log, most frequent first */
    size_t entry_count;
    size_t entry_capacity;
    uint64_t times;
    struct denials_remedy remedy; /* empty in a group that is not asked while another is */
};

struct log_review {
    const struct audit_log *log;
    struct log_judgement *judgements; /* by entry of the log */
    struct log_group *groups;         /* most frequent first */
    size_t group_count;
    size_t group_capacity;
    bool has_profiles;
};

/* What is asked may be NULL and is borrowed, as is the log. Of the file each profile is asked about the records that name
 * it. Errors as for denials_add_seccomp. */
int log_review_new(const struct audit_log *log, const struct seccomp_policy *seccomp,
                   const struct seccomp_context *context, const struct apparmor_file *apparmor,
                   struct log_review **ret, struct err *err);
void log_review_free(struct log_review *review);
MEM_DEFINE_CLEANUP(struct log_review *, log_review_free)
/* How many denials stand so. */
size_t log_review_count(const struct log_review *review, enum log_standing standing);
/* Whether there is a denial that the profiles account for or, without any, a denial at all. */
bool log_review_found(const struct log_review *review);
