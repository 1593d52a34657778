#include "emit/seccomp_filter.h"

#include <errno.h>
#include <linux/bpf_common.h>
#include <linux/filter.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* libseccomp numbers priorities from 0 (the default) to 255. */
#define PRIORITY_MAX 255u

/* What adding rules to the filter of one ABI needs. */
struct target {
    scmp_filter_ctx filter;
    const struct seccomp_policy *policy;
    const struct seccomp_context *context;
    enum abi abi;
    uint32_t default_action;
    struct seccomp_filter_notes *notes;
};

struct seccomp_context seccomp_context_here(void)
{
    return (struct seccomp_context){.native = arch_native()};
}

static uint32_t scmp_action(enum seccomp_action action, int value)
{
    uint32_t carried = value < 0 ? EPERM : (uint32_t)value;
    switch (action) {
    case SECCOMP_KILL_PROCESS:
        return SCMP_ACT_KILL_PROCESS;
    case SECCOMP_KILL_THREAD:
        return SCMP_ACT_KILL_THREAD;
    case SECCOMP_TRAP:
        return SCMP_ACT_TRAP;
    case SECCOMP_ERRNO:
        return SCMP_ACT_ERRNO(carried);
    case SECCOMP_NOTIFY:
        return SCMP_ACT_NOTIFY;
    case SECCOMP_TRACE:
        return SCMP_ACT_TRACE(carried);
    case SECCOMP_LOG:
        return SCMP_ACT_LOG;
    case SECCOMP_ALLOW:
        return SCMP_ACT_ALLOW;
    case SECCOMP_ACTION_COUNT:
        break;
    }
    abort();
}

static struct scmp_arg_cmp scmp_comparison(const struct seccomp_arg *arg)
{
    static const enum scmp_compare ops[SECCOMP_OP_COUNT] = {
        [OP_NE] = SCMP_CMP_NE, [OP_LT] = SCMP_CMP_LT, [OP_LE] = SCMP_CMP_LE, [OP_EQ] = SCMP_CMP_EQ,
        [OP_GE] = SCMP_CMP_GE, [OP_GT] = SCMP_CMP_GT, [OP_MASKED_EQ] = SCMP_CMP_MASKED_EQ,
    };
    return (struct scmp_arg_cmp){
        .arg = arg->index, .op = ops[arg->op], .datum_a = arg->value, .datum_b = arg->value_two};
}

static int add_array(const struct target *target, uint32_t action, int number, const struct scmp_arg_cmp *args,
                     size_t count, const char *name, struct err *err)
{
    int r = seccomp_rule_add_array(target->filter, action, number, (unsigned)count, args);
    if (r < 0)
        return err_set(err, r, "libseccomp refuses the rule for %s on %s: %s", name, arch_get(target->abi)->name,
                       strerror(-r));
    return 0;
}

/* As runc does: conditions that repeat an argument are alternatives, others hold together. */
static int add_number(const struct target *target, const struct seccomp_rule *rule, int number, const char *name,
                      struct err *err)
{
    uint32_t action = scmp_action(rule->action, rule->errno_value);
    unsigned seen = 0;
    bool repeats = false;
    for (size_t i = 0; i < rule->arg_count; i++) {
        repeats |= seen >> rule->args[i].index & 1;
        seen |= 1u << rule->args[i].index;
    }
    struct scmp_arg_cmp args[6];
    size_t count = 0;
    for (size_t i = 0; i < rule->arg_count; i++) {
        struct scmp_arg_cmp comparison = scmp_comparison(&rule->args[i]);
        if (!repeats)
            args[count++] = comparison;
        int r = repeats ? add_array(target, action, number, &comparison, 1, name, err) : 0;
        if (r < 0)
            return r;
    }
    return repeats ? 0 : add_array(target, action, number, args, count, name, err);
}

/* The number to name the call by to libseccomp: always the machine's own, also for other ABIs, and negative
 * ones stand for calls that the machine itself does not have. __NR_SCMP_ERROR: nothing to add. */
static int resolve(const struct target *target, const char *name)
{
    int number = seccomp_syscall_resolve_name(name);
    if (number != __NR_SCMP_ERROR)
        return number;
    const struct syscall *known = syscall_by_name(name);
    struct seccomp_filter_notes *notes = target->notes;
    if (!known && target->abi == target->context->native)
        notes->first_unknown = notes->unknown++ ? notes->first_unknown : name;
    if (!known || known->number[target->abi] < 0)
        return __NR_SCMP_ERROR;
    if (target->abi == arch_native()) {
        notes->first_by_number = notes->by_number++ ? notes->first_by_number : name;
        return known->number[target->abi];
    }
    if (notes->left_out++ == 0) {
        notes->first_left_out = name;
        notes->first_left_out_abi = target->abi;
    }
    return __NR_SCMP_ERROR;
}

static int add_rules(const struct target *target, struct err *err)
{
    for (size_t i = 0; i < target->policy->rule_count; i++) {
        const struct seccomp_rule *rule = &target->policy->rules[i];
        if (!seccomp_rule_applies(rule, target->context) ||
            scmp_action(rule->action, rule->errno_value) == target->default_action)
            continue;
        for (size_t k = 0; k < rule->name_count; k++) {
            int number = resolve(target, rule->names[k]);
            int r = number == __NR_SCMP_ERROR ? 0 : add_number(target, rule, number, rule->names[k], err);
            if (r < 0)
                return r;
        }
    }
    return 0;
}

/* The first call of the policy gets the highest priority; what comes after 254 others keeps the lowest. A
 * second mention does not lower a priority. */
static void set_priorities(const struct target *target)
{
    unsigned priority = PRIORITY_MAX;
    struct seccomp_filter_notes ignored = {0};
    struct target quiet = *target;
    quiet.notes = &ignored;
    for (size_t i = 0; i < target->policy->rule_count && priority; i++) {
        const struct seccomp_rule *rule = &target->policy->rules[i];
        if (!seccomp_rule_applies(rule, target->context))
            continue;
        for (size_t k = 0; k < rule->name_count && priority; k++) {
            int number = resolve(&quiet, rule->names[k]);
            if (number != __NR_SCMP_ERROR && seccomp_syscall_priority(target->filter, number, (uint8_t)priority) == 0)
                priority--;
        }
    }
}

/* A filter that knows one ABI alone. */
static int new_for_abi(uint32_t default_action, enum abi abi, scmp_filter_ctx *ret, struct err *err)
{
    AUTO(seccomp_filter_cleanup) scmp_filter_ctx filter = seccomp_init(default_action);
    if (!filter)
        return err_set(err, -EINVAL, "libseccomp cannot use the default action on this kernel");
    uint32_t wanted = arch_get(abi)->seccomp_token;
    uint32_t native = seccomp_arch_native();
    int r = 0;
    if (wanted != native && ((r = seccomp_arch_add(filter, wanted)) < 0 ||
                             (r = seccomp_arch_remove(filter, native)) < 0))
        return err_set(err, r, "libseccomp has no support for %s: %s", arch_get(abi)->name, strerror(-r));
    /* Whoever loads the filter decides about no_new_privs. */
    if ((r = seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 0)) < 0)
        return err_set(err, r, "libseccomp cannot leave no_new_privs alone: %s", strerror(-r));
    *ret = TAKE(filter);
    return 0;
}

static int filter_of_abi(struct target *target, bool hot_first, struct err *err)
{
    int r = new_for_abi(target->default_action, target->abi, &target->filter, err);
    if (r < 0)
        return r;
    r = add_rules(target, err);
    if (r == 0 && hot_first)
        set_priorities(target);
    return r;
}

static int check_left_out(const struct seccomp_policy *policy, const struct seccomp_filter_notes *notes,
                          struct err *err)
{
    bool permissive = policy->default_action == SECCOMP_ALLOW || policy->default_action == SECCOMP_LOG ||
                      policy->default_action == SECCOMP_TRACE;
    if (!permissive || notes->left_out == 0)
        return 0;
    return err_set(err, -ENOTSUP,
                   "the installed libseccomp does not know %s on %s, and the filter would let it through; use a newer "
                   "libseccomp or a profile that refuses by default",
                   notes->first_left_out, arch_get(notes->first_left_out_abi)->name);
}

int seccomp_filter_new(const struct seccomp_policy *policy, const struct seccomp_context *context,
                       const struct seccomp_filter_options *options, scmp_filter_ctx *ret,
                       struct seccomp_filter_notes *notes, struct err *err)
{
    /* What libseccomp would refuse is named better here, and what it would never finish is caught. */
    AUTO(seccomp_evaluator_free_cleanup) struct seccomp_evaluator *evaluator = NULL;
    bool prechecked = options && options->prechecked;
    int r = prechecked ? 0 : seccomp_evaluator_new(policy, context, &evaluator, err);
    if (r < 0)
        return r;
    struct seccomp_filter_notes found = {0};
    AUTO(seccomp_filter_cleanup) scmp_filter_ctx whole = NULL;
    for (size_t i = 0; i <= policy->abi_count; i++) {
        /* The machine's own ABI, then as listed; calls of other machines never reach the filter. */
        enum abi abi = i == 0 ? context->native : policy->abis[i - 1];
        if (arch_get(abi)->family != arch_get(context->native)->family || (i > 0 && abi == context->native))
            continue;
        struct target target = {.policy = policy, .context = context, .abi = abi, .notes = &found};
        target.default_action = scmp_action(policy->default_action, policy->default_errno);
        r = filter_of_abi(&target, options && options->hot_first, err);
        AUTO(seccomp_filter_cleanup) scmp_filter_ctx part = target.filter;
        if (r < 0)
            return r;
        if (!whole)
            whole = TAKE(part);
        else if ((r = seccomp_merge(whole, part)) < 0)
            return err_set(err, r, "libseccomp cannot join the filters of two ABIs: %s", strerror(-r));
        else
            part = NULL; /* merged: libseccomp has released it */
    }
    r = check_left_out(policy, &found, err);
    if (r < 0)
        return r;
    if (notes)
        *notes = found;
    *ret = TAKE(whole);
    return 0;
}

static int read_back(int fd, struct buf *out, struct err *err)
{
    off_t length = lseek(fd, 0, SEEK_END);
    if (length < 0 || lseek(fd, 0, SEEK_SET) < 0)
        return err_set(err, -errno, "cannot read what libseccomp wrote: %s", strerror(errno));
    buf_reserve(out, (size_t)length);
    for (off_t have = 0; have < length;) {
        ssize_t got = read(fd, out->data + out->length, (size_t)(length - have));
        if (got <= 0)
            return err_set(err, -EIO, "cannot read what libseccomp wrote: %s", got < 0 ? strerror(errno) : "it is short");
        out->length += (size_t)got;
        have += got;
    }
    out->data[out->length] = '\0';
    return 0;
}

/* libseccomp writes to descriptors only. */
static int export_through(int (*export)(const scmp_filter_ctx, int), scmp_filter_ctx filter, struct buf *out,
                          struct err *err)
{
    AUTO_CLOSE int fd = memfd_create("seccomp-filter", MFD_CLOEXEC);
    if (fd < 0)
        return err_set(err, -errno, "cannot make a file in memory: %s", strerror(errno));
    int r = export(filter, fd);
    if (r < 0)
        return err_set(err, r, "libseccomp cannot write the filter: %s", strerror(-r));
    return read_back(fd, out, err);
}

int seccomp_filter_program(scmp_filter_ctx filter, struct buf *out, struct err *err)
{
    size_t before = out->length;
    int r = export_through(seccomp_export_bpf, filter, out, err);
    size_t instructions = (out->length - before) / sizeof(struct sock_filter);
    if (r == 0 && instructions > BPF_MAXINSNS)
        return err_set(err, -E2BIG, "the filter has %zu instructions, and the kernel takes at most %d; name fewer calls",
                       instructions, BPF_MAXINSNS);
    return r;
}

int seccomp_filter_listing(scmp_filter_ctx filter, struct buf *out, struct err *err)
{
    return export_through(seccomp_export_pfc, filter, out, err);
}
