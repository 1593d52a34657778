#include "model/apparmor_derive.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "model/aa_executables.h"
#include "model/aa_generalise.h"
#include "model/aa_hazards.h"
#include "model/aa_needs.h"
#include "model/capability.h"

struct derivation {
    const struct recording *recording;
    const struct apparmor_derive_options *options;
    struct apparmor_policy *policy;
    struct aa_needs needs;
    struct aa_generaliser *generaliser;
    bool deny_list;
};

static bool has_fact(const struct recording *recording, enum fact_kind kind)
{
    for (size_t i = 0; i < recording->fact_count; i++)
        if (recording->facts[i].kind == kind)
            return true;
    return false;
}

/* ---- capabilities ------------------------------------------------------------------------- */

static const struct fact *capability_fact(const struct recording *recording, size_t number)
{
    for (size_t i = 0; i < recording->fact_count; i++)
        if (recording->facts[i].kind == FACT_CAPABILITY && recording->facts[i].value == number)
            return &recording->facts[i];
    return NULL;
}

static void derive_capabilities(struct derivation *d)
{
    if (d->deny_list)
        apparmor_policy_add_capability(d->policy, false, "", NULL);
    for (size_t number = 0; number < capability_count(); number++) {
        const struct fact *fact = capability_fact(d->recording, number);
        AUTO_FREE char *name = aa_capability_name((int)number);
        if (d->deny_list && !fact)
            apparmor_policy_add_capability(d->policy, true, name, NULL);
        else if (!d->deny_list && fact)
            apparmor_policy_add_capability(d->policy, false, name, recording_text(d->recording, fact->subject));
    }
}

/* ---- networks ----------------------------------------------------------------------------- */

/* type 0: any. */
static bool used_socket(const struct recording *recording, const char *family, const char *type)
{
    for (size_t i = 0; i < recording->fact_count; i++) {
        const struct fact *fact = &recording->facts[i];
        const char *name = fact->kind == FACT_SOCKET ? aa_family_name(aa_fact_family(fact)) : NULL;
        const char *kind = name ? aa_socket_type_name(aa_fact_type(fact)) : NULL;
        if (name && strcmp(name, family) == 0 && (!type || (kind && strcmp(kind, type) == 0)))
            return true;
    }
    return false;
}

/* A program that speaks IPv4 speaks IPv6 where there is some, and the other way round. */
static bool family_needed(const struct recording *recording, const char *family)
{
    bool internet = strcmp(family, "inet") == 0 || strcmp(family, "inet6") == 0;
    if (internet)
        return used_socket(recording, "inet", NULL) || used_socket(recording, "inet6", NULL);
    return used_socket(recording, family, NULL);
}

static void deny_networks(struct derivation *d)
{
    apparmor_policy_add_network(d->policy, false, "", NULL);
    const char *family;
    for (size_t i = 0; (family = aa_family_at(i)) != NULL; i++)
        if (!family_needed(d->recording, family))
            apparmor_policy_add_network(d->policy, true, family, NULL);
    bool raw = used_socket(d->recording, "inet", "raw") || used_socket(d->recording, "inet6", "raw");
    if (!raw && family_needed(d->recording, "inet")) {
        apparmor_policy_add_network(d->policy, true, "inet raw", "forged packets");
        apparmor_policy_add_network(d->policy, true, "inet6 raw", "forged packets");
    }
}

static void allow_networks(struct derivation *d)
{
    const char *family;
    for (size_t i = 0; (family = aa_family_at(i)) != NULL; i++)
        for (unsigned type = 1; type < 16; type++) {
            const char *name = aa_socket_type_name(type);
            if (!name || !used_socket(d->recording, family, name))
                continue;
            AUTO_FREE char *words = mem_printf("%s %s", family, name);
            apparmor_policy_add_network(d->policy, false, words, NULL);
        }
}

/* ---- mounts, signals, tracing ------------------------------------------------------------- */

static void derive_mounts(struct derivation *d)
{
    const bool mounts = has_fact(d->recording, FACT_MOUNT);
    bool pivots = false;
    for (size_t i = 0; i < d->recording->fact_count; i++) {
        const char *what = recording_text(d->recording, d->recording->facts[i].subject);
        pivots |= d->recording->facts[i].kind == FACT_ROOT && what && strcmp(what, "pivot_root") == 0;
    }
    const struct {
        const char *kind;
        bool used;
    } rows[] = {{"mount", mounts},
                {"remount", mounts},
                {"umount", has_fact(d->recording, FACT_UMOUNT)},
                {"pivot_root", pivots}};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        if (rows[i].used || d->deny_list)
            apparmor_policy_add_other(d->policy, !rows[i].used, rows[i].kind, "", NULL);
}

static bool reaches_outside(const struct recording *recording, enum fact_kind kind)
{
    for (size_t i = 0; i < recording->fact_count; i++) {
        const char *object = recording_text(recording, recording->facts[i].object);
        if (recording->facts[i].kind == kind && object && strcmp(object, "outside") == 0)
            return true;
    }
    return false;
}

/* Whoever manages the container sends it signals and looks at it; itself it may do both to its own. */
static void derive_processes(struct derivation *d)
{
    struct apparmor_policy *policy = d->policy;
    bool traces = has_fact(d->recording, FACT_PTRACE);
    AUTO_FREE char *peer = mem_printf("\"%s\"", policy->name);
    AUTO_FREE char *signals = mem_printf("(send, receive) peer=%s", peer);
    AUTO_FREE char *reads = mem_printf("(read, readby) peer=%s", peer);
    AUTO_FREE char *both = mem_printf("(trace, tracedby) peer=%s", peer);
    apparmor_policy_add_other(policy, false, "signal", "(receive)", NULL);
    apparmor_policy_add_other(policy, false, "signal", signals, NULL);
    if (reaches_outside(d->recording, FACT_SIGNAL))
        apparmor_policy_add_other(policy, false, "signal", "(send)", "the recording shows signals to processes outside");
    apparmor_policy_add_other(policy, false, "ptrace", reads, NULL);
    if (traces)
        apparmor_policy_add_other(policy, false, "ptrace", both, NULL);
    if (reaches_outside(d->recording, FACT_PTRACE))
        apparmor_policy_add_other(policy, false, "ptrace", "(trace, read)",
                                  "the recording shows tracing of processes outside");
    if (d->deny_list && !traces)
        apparmor_policy_add_other(policy, true, "ptrace", "(trace)", NULL);
    if (d->deny_list)
        apparmor_policy_add_other(policy, false, "dbus", "", NULL);
}

/* ---- files -------------------------------------------------------------------------------- */

static int allow_pattern(struct derivation *d, const char *pattern, aa_mask permissions, const char *reasons,
                         struct err *err)
{
    AUTO_FREE char *comment = reasons[0] ? mem_printf("generalised: %s", reasons) : NULL;
    return apparmor_policy_add_file(d->policy, false, pattern, permissions, permissions & AA_EXEC ? "ix" : NULL,
                                    comment, err);
}

/* Paths that became the same pattern are one rule. */
struct allowed {
    char *pattern;
    char *reasons;
    aa_mask permissions;
};

static int compare_allowed(const void *a, const void *b)
{
    return strcmp(((const struct allowed *)a)->pattern, ((const struct allowed *)b)->pattern);
}

static int write_allowed(struct derivation *d, struct allowed *rules, size_t count, struct err *err)
{
    int rc = 0;
    if (count > 0)
        qsort(rules, count, sizeof(*rules), compare_allowed);
    for (size_t i = 0; rc == 0 && i < count;) {
        aa_mask permissions = 0;
        size_t first = i;
        for (; i < count && strcmp(rules[i].pattern, rules[first].pattern) == 0; i++)
            permissions |= rules[i].permissions;
        if (permissions & AA_EXEC) /* the kernel reads and maps what it executes */
            permissions |= AA_READ | AA_MAP_EXEC;
        /* Opening with O_CREAT asks for w even when the file is there (seen on 6.1), and fopen "a" does so:
         * a alone would break the next run. */
        if (permissions & AA_APPEND)
            permissions = (permissions & ~(aa_mask)AA_APPEND) | AA_WRITE;
        rc = allow_pattern(d, rules[first].pattern, permissions, rules[first].reasons, err);
    }
    return rc;
}

static int allow_files(struct derivation *d, struct err *err)
{
    struct allowed *rules = mem_zero(d->needs.count, sizeof(*rules));
    for (size_t i = 0; i < d->needs.count; i++) {
        AUTO_BUF struct buf pattern = BUF_INIT;
        AUTO_BUF struct buf reasons = BUF_INIT;
        (void)aa_generalise(d->generaliser, d->needs.items[i].path, d->needs.items[i].length, &pattern, &reasons);
        rules[i] = (struct allowed){.pattern = mem_strdup(buf_text(&pattern)),
                                    .reasons = mem_strdup(buf_text(&reasons)),
                                    .permissions = d->needs.items[i].wanted};
    }
    int rc = write_allowed(d, rules, d->needs.count, err);
    for (size_t i = 0; i < d->needs.count; i++) {
        free(rules[i].pattern);
        free(rules[i].reasons);
    }
    free(rules);
    return rc;
}

static int deny_files(struct derivation *d, struct err *err)
{
    aa_mask all = AA_READ | AA_WRITE | AA_LINK | AA_LOCK | AA_MAP_EXEC;
    int rc = apparmor_policy_add_file(d->policy, false, "/{,**}", all, NULL, "everything, but for what is denied below", err);
    if (rc == 0)
        rc = aa_allow_executables(d->policy, &d->needs, d->generaliser, err);
    return rc < 0 ? rc : aa_deny_hazards(d->policy, &d->needs, d->generaliser, err);
}

/* ---- all of it ---------------------------------------------------------------------------- */

static int check_name(const char *name, struct err *err)
{
    size_t length = strlen(name);
    /* It stands in rules as a pattern, in audit records and on command lines. */
    bool good = length > 0 && length < 200 && text_is_plain(name, length) && !strpbrk(name, "\"\\*?[]{}^@,() \t") &&
                name[0] != ':' && name[0] != '&';
    return good ? 0
                : err_set(err, -EINVAL, "%.200s cannot be the name of an AppArmor profile: give letters, digits, - _ . /",
                          length > 0 ? name : "nothing");
}

static int derive(struct derivation *d, struct err *err)
{
    d->policy->abi = mem_strdup("abi/3.0");
    d->policy->flags = mem_strdup("attach_disconnected,mediate_deleted");
    derive_capabilities(d);
    if (d->deny_list)
        deny_networks(d);
    else
        allow_networks(d);
    derive_mounts(d);
    derive_processes(d);
    return d->deny_list ? deny_files(d, err) : allow_files(d, err);
}

int apparmor_derive(const struct recording *recording, const struct apparmor_derive_options *options,
                    struct apparmor_policy **ret, struct err *err)
{
    AUTO(aa_generaliser_free_cleanup) struct aa_generaliser *generaliser = NULL;
    int rc = check_name(options->name, err);
    if (rc == 0)
        rc = aa_generaliser_new(options->generalise, &generaliser, err);
    if (rc < 0)
        return rc;
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = apparmor_policy_new(options->name);
    struct derivation d = {.recording = recording,
                           .options = options,
                           .policy = policy,
                           .generaliser = generaliser,
                           .deny_list = options->mode == APPARMOR_DENY_LIST};
    aa_needs_collect(recording, &d.needs);
    rc = derive(&d, err);
    aa_needs_done(&d.needs);
    if (rc == 0)
        *ret = TAKE(policy);
    return rc;
}
