/*
 * How broad a profile is, as a score with its arithmetic: 100 when nothing dangerous passes, less for each way that is open.
 *
 * The probes (seccomp-probes.csv, apparmor-probes.csv, apparmor-rule-probes.csv) are put to the profile. Those that pass are sorted into ways to one end
 * (score-ways.csv); a way costs what its worst probe costs (score-points.csv), by what it means and by whether a container with these capabilities can
 * use it; some ways together cost more (score-combinations.csv), and so do facts about the profile as a whole. All are added up and taken from 100.
 * What lets more pass never scores higher.
 */
#pragma once

#include "data.h"
#include "model/apparmor_policy.h"
#include "model/finding.h"
#include "model/seccomp_probe.h"

enum breadth_kind { BREADTH_WAY, BREADTH_COMBINATION, BREADTH_FACT };
/* "way", "combination", "fact" */
const char *breadth_kind_name(enum breadth_kind kind);

/* One probe that passes. All texts are of the tables, but for what. */
struct breadth_probe {
    const char *probe; /* its name */
    char *what;        /* the call, "w /proc/sysrq-trigger", "SYS_ADMIN": as people write it */
    const char *way;
    const char *why;
    const char *needs; /* the capability that the kernel asks for; "" for none */
    enum severity severity;
    bool usable; /* it asks for none, or the container has it, or gets it in a user namespace that it can make */
    bool by_user_namespace; /* the last of these */
    enum abi abi; /* ABI_NONE for AppArmor */
    unsigned points; /* that its way would cost, were there no worse */
};

/* A line of the sum. */
struct breadth_row {
    enum breadth_kind kind;
    char *name; /* the way; "FIRST and SECOND"; the fact in words */
    unsigned points;
    const char *why; /* for a way, that of its worst probe */
    const struct breadth_probe *worst; /* of a way, else NULL */
};

struct breadth {
    struct breadth_probe *probes; /* in the order of the tables */
    size_t probe_count;
    size_t probe_capacity;
    struct breadth_row *rows; /* the most points first; none without points but ways */
    size_t row_count;
    size_t row_capacity;
    unsigned lost;  /* the sum of all rows */
    unsigned score; /* 100 - lost, at least 0 */
    const struct data_score_grades *grade;
    /* Of a seccomp profile, else 0. */
    size_t allowed_calls; /* of the native ABI */
    bool has_abi[ABI_COUNT];
    const struct data_seccomp_undone **undone; /* denials that another call undoes: told, not counted */
    size_t undone_count;
};

/* As it judges a container with the capabilities of the context on its native ABI's machine. Errors as for seccomp_evaluator_new. */
int breadth_of_seccomp(const struct seccomp_policy *policy, const struct seccomp_context *context, struct breadth *ret, struct err *err);
/* The same of a policy that was probed in that context. What is undone goes over to ret. */
void breadth_of_probing(const struct seccomp_policy *policy, const struct seccomp_context *context, struct seccomp_probing *probing,
                        struct breadth *ret);
/* capabilities: bit per number. */
void breadth_of_apparmor(const struct apparmor_policy *policy, uint64_t capabilities, struct breadth *ret);
/* Of no profile at all. */
void breadth_of_unconfined_seccomp(const struct seccomp_context *context, struct breadth *ret);
void breadth_of_unconfined_apparmor(uint64_t capabilities, struct breadth *ret);
void breadth_done(struct breadth *breadth);

/* "rw": what the column access of apparmor-probes.csv holds. */
aa_mask breadth_access(const char *access);
/* How many ways are open whose worst probe is of that severity. */
size_t breadth_count(const struct breadth *breadth, enum severity severity);
