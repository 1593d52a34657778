#include "model/usage_diff.h"

#include <string.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/strings.h"
#include "base/text.h"
#include "model/aa_needs.h"
#include "model/apparmor_file_diff.h"
#include "model/apparmor_rule.h"
#include "model/apparmor_words.h"
#include "model/capability.h"
#include "model/denials.h"
#include "model/seccomp_diff.h"
#include "model/seccomp_situation.h"
#include "model/seccomp_ways.h"

/* ---- what both kinds of profile share -------------------------------------------------------------- */

static void flip_row(struct diff_row *row)
{
    char *a = row->a;
    row->a = row->b;
    row->b = a;
    row->side = row->side == DIFF_WIDER ? DIFF_NARROWER : row->side == DIFF_NARROWER ? DIFF_WIDER : DIFF_CHANGED;
}

static struct diff *finish(struct diff *diff, const struct denials *denials, bool flip)
{
    for (size_t i = 0; flip && i < diff->count; i++)
        flip_row(&diff->rows[i]);
    for (size_t i = 0; i < denials->note_count; i++)
        strings_add(&diff->notes, &diff->note_count, denials->notes[i]);
    diff_sort(diff);
    return diff;
}

static void note_unknown(struct diff *diff, const struct denial *denial, const char *subject)
{
    AUTO_BUF struct buf note = BUF_INIT;
    buf_printf(&note, "whether the profile denies %s is not known", subject);
    if (denial->reason)
        buf_printf(&note, ": %s", denial->reason);
    if (!strings_contain(diff->notes, diff->note_count, buf_text(&note)))
        strings_add(&diff->notes, &diff->note_count, buf_text(&note));
}

static char *done_by(const struct recording *recording, uint32_t image)
{
    AUTO_BUF struct buf out = BUF_INIT;
    const char *path = image < recording->image_count ? recording_text(recording, recording->images[image].path) : NULL;
    buf_add_text(&out, "done");
    if (path) {
        buf_add_text(&out, " by ");
        text_escape(&out, path, strlen(path));
    }
    return buf_take(&out);
}

/* Several images that meet the same refusal are one difference. */
static bool is_told(const struct diff *diff, const struct diff_row *row)
{
    for (size_t i = diff->count; i-- > 0;) {
        const struct diff_row *known = &diff->rows[i];
        if (known->kind == row->kind && known->abis == row->abis && strcmp(known->subject, row->subject) == 0 &&
            strcmp(known->b, row->b) == 0)
            return true;
    }
    return false;
}

static void add_once(struct diff *diff, struct diff_row *row)
{
    if (is_told(diff, row))
        diff_row_done(row);
    else
        diff_add(diff, row);
}

/* ---- seccomp ---------------------------------------------------------------------------------------- */

static void add_refused_call(struct diff *diff, const struct recording *recording, const struct denial *denial)
{
    char buffer[SYSCALL_NAME_MAX];
    const char *name = syscall_name(denial->abi, denial->number, buffer);
    if (denial->outcome == DENIAL_UNKNOWN) {
        note_unknown(diff, denial, name);
        return;
    }
    if (denial->outcome != DENIAL_SURE)
        return;
    struct diff_row row = {
        .side = DIFF_NARROWER,
        .kind = DIFF_SYSCALL,
        .abis = 1u << denial->abi,
        .subject = mem_strdup(name),
        .a = done_by(recording, denial->image),
        .b = denial->verdict.foreign_abi ? mem_strdup("kill: the ABI is not let in") : seccomp_verdict_words(&denial->verdict),
    };
    diff_row_judge_call(&row, name);
    row.cves = NULL; /* nothing is gained for an attacker */
    add_once(diff, &row);
}

struct made {
    bool abis[ABI_COUNT];
    bool *calls[ABI_COUNT]; /* by row of the table */
};

static void note_made(void *context, const struct image *image, enum abi abi, const struct call_record *call)
{
    struct made *made = context;
    const struct syscall *known = syscall_by_number(abi, call->number);
    (void)image;
    made->abis[abi] = true;
    if (known)
        made->calls[abi][known - syscall_at(0)] = true;
}

static void add_spare_row(struct diff *diff, struct diff_row row)
{
    for (size_t i = 0; i < diff->count; i++) {
        struct diff_row *known = &diff->rows[i];
        if (known->kind != row.kind || strcmp(known->subject, row.subject) != 0 || strcmp(known->b, row.b) != 0 ||
            strcmp(known->when ? known->when : "", row.when ? row.when : "") != 0)
            continue;
        known->abis |= row.abis;
        diff_row_done(&row);
        return;
    }
    diff_add(diff, &row);
}

/* Compared with a filter that lets nothing through. */
static void add_spare_call(struct diff *diff, struct seccomp_ways *ways, enum abi abi, const struct syscall *call)
{
    struct seccomp_path nothing = {.verdict = {.action = SECCOMP_KILL_PROCESS}};
    struct seccomp_path path = seccomp_evaluator_begin(ways->a, abi, (uint64_t)call->number[abi]);
    ways->call = call->name;
    seccomp_ways_follow(ways, &nothing, &path);
    for (size_t i = 0; i < ways->count; i++) {
        if (seccomp_action_rank(ways->answers[i].b.action) <= seccomp_action_rank(SECCOMP_ERRNO))
            continue;
        struct diff_row row = seccomp_answers_row(ways, abi, &ways->answers[i]);
        free(row.a);
        row.a = mem_strdup("not done");
        add_spare_row(diff, row);
    }
    seccomp_ways_forget(ways);
}

/* What passes on an ABI that was used; one that was not is a single difference. */
static void compare_abi(struct diff *diff, struct seccomp_ways *ways, const struct made *made, enum abi abi)
{
    size_t spare = 0;
    enum risk_level risk = RISK_NONE;
    ways->is_64_bit = arch_get(abi)->is_64_bit && abi != ABI_X32;
    for (size_t i = 0; i < syscall_count(); i++) {
        const struct syscall *call = syscall_at(i);
        if (call->number[abi] < 0 || made->calls[abi][i])
            continue;
        struct seccomp_path path = seccomp_evaluator_begin(ways->a, abi, (uint64_t)call->number[abi]);
        if (!seccomp_ways_pass(ways, &path))
            continue;
        spare++;
        risk = risk_of_syscall(call->name).level > risk ? risk_of_syscall(call->name).level : risk;
        if (made->abis[abi])
            add_spare_call(diff, ways, abi, call);
    }
    if (made->abis[abi])
        diff->abis |= 1u << abi;
    else if (spare)
        diff_add(diff, &(struct diff_row){.side = DIFF_WIDER, .kind = DIFF_ABI, .abis = 1u << abi, .risk = risk,
                                          .subject = mem_strdup(arch_get(abi)->name), .a = mem_strdup("not used"),
                                          .b = mem_printf("%zu calls let through", spare),
                                          .why = "a second way to the kernel, with call numbers and often bugs of its own"});
}

static int add_spare_calls(struct diff *diff, const struct recording *recording, const struct seccomp_policy *policy,
                           const struct seccomp_context *usual, struct err *err)
{
    struct made made = {0};
    bool machines[ABI_COUNT] = {false};
    int r = 0;
    for (unsigned abi = 0; abi < ABI_COUNT; abi++)
        made.calls[abi] = mem_zero(syscall_count(), sizeof(bool));
    recording_each_call(recording, note_made, &made);
    for (unsigned abi = 0; abi < ABI_COUNT; abi++)
        machines[arch_get((enum abi)abi)->family] |= made.abis[abi];
    for (unsigned machine = 0; machine < ABI_COUNT && r == 0; machine++) {
        AUTO(seccomp_evaluator_free_cleanup) struct seccomp_evaluator *evaluator = NULL;
        AUTO(seccomp_ways_done) struct seccomp_ways ways = {0};
        struct seccomp_context context = *usual;
        context.native = (enum abi)machine;
        if (!machines[machine] || (r = seccomp_evaluator_new(policy, &context, &evaluator, err)) < 0)
            continue;
        ways.a = evaluator;
        for (unsigned abi = 0; abi < ABI_COUNT; abi++)
            if (arch_get((enum abi)abi)->family == machine)
                compare_abi(diff, &ways, &made, (enum abi)abi);
        if (seccomp_ways_gave_up(&ways))
            r = err_set(err, -E2BIG, "the conditions on arguments leave too many ways to compare");
    }
    for (unsigned abi = 0; abi < ABI_COUNT; abi++)
        free(made.calls[abi]);
    return r;
}

int seccomp_usage_diff(const struct recording *recording, const struct seccomp_policy *policy, bool flip,
                       struct diff **ret, struct err *err)
{
    AUTO(diff_free_cleanup) struct diff *diff = diff_new();
    AUTO(seccomp_situations_done) struct seccomp_situations situations;
    AUTO_DENIALS struct denials denials = {0};
    seccomp_situations_of(&policy, 1, &situations);
    const struct seccomp_context *usual = &situations.items[0].context;
    int r = add_spare_calls(diff, recording, policy, usual, err);
    if (r == 0)
        r = denials_add_seccomp(&denials, recording, policy, usual, err);
    if (r < 0)
        return r;
    denials_note_losses(&denials, recording);
    for (size_t i = 0; i < denials.count; i++)
        add_refused_call(diff, recording, &denials.items[i]);
    *ret = finish(TAKE(diff), &denials, flip);
    return 0;
}

/* ---- AppArmor --------------------------------------------------------------------------------------- */

static char *subject_of(const struct denial *denial)
{
    AUTO_BUF struct buf out = BUF_INIT;
    const struct data_capabilities *capability =
        denial->kind == DENIAL_CAPABILITY ? capability_by_name(denial->words) : NULL;
    if (denial->kind == DENIAL_FILE)
        text_escape(&out, denial->path, denial->path_length);
    else if (capability)
        buf_add_text(&out, capability->capability);
    else
        text_escape(&out, denial->words, strlen(denial->words));
    return buf_take(&out);
}

static void add_refused_access(struct diff *diff, const struct recording *recording, const struct denial *denial)
{
    static const enum diff_kind kinds[DENIAL_KIND_COUNT] = {
        [DENIAL_CALL] = DIFF_SYSCALL,          [DENIAL_FILE] = DIFF_FILE,  [DENIAL_CAPABILITY] = DIFF_CAPABILITY,
        [DENIAL_NETWORK] = DIFF_NETWORK, [DENIAL_OTHER] = DIFF_RULE,
    };
    AUTO_FREE char *subject = subject_of(denial);
    if (denial->outcome == DENIAL_UNKNOWN)
        note_unknown(diff, denial, subject);
    if (denial->outcome != DENIAL_SURE)
        return;
    struct diff_row row = {.side = DIFF_NARROWER, .kind = kinds[denial->kind], .subject = TAKE(subject),
                           .a = done_by(recording, denial->image)};
    AUTO_FREE char *letters = denial->kind == DENIAL_FILE ? aa_mask_words(denial->refused) : NULL;
    row.b = letters ? mem_printf("%s %s", denial->rule ? "deny" : "no rule for", letters) : mem_strdup("not allowed");
    if (row.kind == DIFF_CAPABILITY)
        diff_row_judge_capability(&row, row.subject);
    if (row.kind == DIFF_FILE)
        diff_add(diff, &row); /* each path is told once as it is */
    else
        add_once(diff, &row);
}

/* The recording as a profile that names each path it needed. */
static struct apparmor_policy *policy_of_needs(const struct aa_needs *needs)
{
    struct apparmor_policy *policy = apparmor_policy_new("recording");
    for (size_t i = 0; i < needs->count; i++) {
        AUTO_BUF struct buf pattern = BUF_INIT;
        aa_mask wanted = needs->items[i].wanted;
        aa_glob_quote(&pattern, needs->items[i].path, needs->items[i].length);
        /* A path too long for a pattern is one that no rule can name. */
        (void)apparmor_policy_add_file(policy, false, buf_text(&pattern), wanted, wanted & AA_EXEC ? "ix" : NULL, NULL, NULL);
    }
    return policy;
}

struct use {
    const struct apparmor_policy *policy;
    const struct aa_need *need;
    bool *used; /* by rule */
};

static bool note_use(void *context, uint32_t number)
{
    struct use *use = context;
    const struct aa_file_rule *rule = &use->policy->files[number];
    if (!rule->deny && (aa_file_rule_covers(rule) & use->need->wanted) &&
        aa_glob_match(rule->glob, use->need->path, use->need->length))
        use->used[number] = true;
    return true;
}

/* The patterns of rules that some path needed, as rows spell them. */
static struct intern *used_patterns(const struct apparmor_policy *policy, const struct aa_needs *needs)
{
    struct intern *patterns = intern_new();
    AUTO_FREE bool *used = mem_zero(policy->file_count + 1, sizeof(*used));
    for (size_t i = 0; i < needs->count; i++) {
        struct use use = {.policy = policy, .need = &needs->items[i], .used = used};
        apparmor_index_visit(policy->index, needs->items[i].path, needs->items[i].length, note_use, &use);
    }
    for (size_t i = 0; i < policy->file_count; i++) {
        AUTO_BUF struct buf pattern = BUF_INIT;
        text_escape(&pattern, policy->files[i].pattern, strlen(policy->files[i].pattern));
        if (used[i])
            intern_add(patterns, buf_text(&pattern), pattern.length);
    }
    return patterns;
}

/* What the rules allow beyond the recorded paths: all of it, or all but what was done. */
static void add_spare_files(struct diff *diff, const struct recording *recording, const struct apparmor_policy *policy)
{
    struct aa_needs needs;
    AUTO(diff_free_cleanup) struct diff *files = diff_new();
    aa_needs_collect(recording, &needs);
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *done = policy_of_needs(&needs);
    AUTO(intern_free_cleanup) struct intern *used = used_patterns(policy, &needs);
    aa_needs_done(&needs);
    apparmor_file_diff(done, policy, files);
    for (size_t i = 0; i < files->count; i++) {
        struct diff_row *row = &files->rows[i];
        if (row->side != DIFF_WIDER)
            continue;
        free(row->a);
        row->a = mem_strdup(intern_find(used, row->subject, strlen(row->subject)) != INTERN_NONE ? "done in part" : "not done");
        diff_add(diff, row);
        *row = (struct diff_row){.side = DIFF_NARROWER};
    }
    for (size_t i = 0; i < files->note_count; i++)
        strings_add(&diff->notes, &diff->note_count, files->notes[i]);
}

static void add_spare_capabilities(struct diff *diff, const struct recording *recording, const struct apparmor_policy *policy)
{
    uint64_t used = 0;
    for (size_t i = 0; i < recording->fact_count; i++)
        if (recording->facts[i].kind == FACT_CAPABILITY && recording->facts[i].value < 64)
            used |= UINT64_C(1) << recording->facts[i].value;
    for (size_t i = 0; i < capability_count(); i++) {
        const struct data_capabilities *capability = capability_get((int)i);
        if (!capability || used >> i & 1 || !apparmor_policy_allows_capability(policy, capability->capability))
            continue;
        struct diff_row row = {.side = DIFF_WIDER, .kind = DIFF_CAPABILITY, .subject = mem_strdup(capability->capability),
                               .a = mem_strdup("not needed"), .b = mem_strdup("allow")};
        diff_row_judge_capability(&row, capability->capability);
        diff_add(diff, &row);
    }
}

static bool used_socket(const struct recording *recording, const char *family, const char *type)
{
    for (size_t i = 0; i < recording->fact_count; i++) {
        const struct fact *fact = &recording->facts[i];
        if (fact->kind != FACT_SOCKET)
            continue;
        const char *its_family = aa_family_name(aa_fact_family(fact));
        const char *its_type = aa_socket_type_name(aa_fact_type(fact));
        if (its_family && its_type && strcmp(its_family, family) == 0 && strcmp(its_type, type) == 0)
            return true;
    }
    return false;
}

static void add_spare_networks(struct diff *diff, const struct recording *recording, const struct apparmor_policy *policy)
{
    const char *family;
    for (size_t i = 0; (family = aa_family_at(i)); i++) {
        AUTO_BUF struct buf types = BUF_INIT;
        for (unsigned type = SOCK_STREAM; type <= SOCK_SEQPACKET; type++) {
            const char *name = aa_socket_type_name(type);
            if (name && apparmor_policy_allows_network(policy, family, name) && !used_socket(recording, family, name))
                buf_printf(&types, "%s%s", types.length ? " " : "", name);
        }
        if (types.length == 0)
            continue;
        struct diff_row row = {.side = DIFF_WIDER, .kind = DIFF_NETWORK, .subject = mem_strdup(family),
                               .a = mem_strdup("not used"), .b = mem_printf("allow %s", buf_text(&types))};
        diff_add(diff, &row);
    }
}

struct diff *apparmor_usage_diff(const struct recording *recording, const struct apparmor_policy *policy, bool flip)
{
    struct diff *diff = diff_new();
    AUTO_DENIALS struct denials denials = {0};
    denials_add_apparmor(&denials, recording, policy);
    denials_note_losses(&denials, recording);
    for (size_t i = 0; i < denials.count; i++)
        add_refused_access(diff, recording, &denials.items[i]);
    add_spare_files(diff, recording, policy);
    add_spare_capabilities(diff, recording, policy);
    add_spare_networks(diff, recording, policy);
    return finish(diff, &denials, flip);
}
