#include "audit/seccomp_breadth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/profile_source.h"
#include "audit/seccomp_idle_facts.h"
#include "data.h"
#include "model/capability.h"
#include "model/seccomp_policy.h"

/* The ABIs a process of an x86-64 machine can call through. */
static const enum abi abis[] = {ABI_X86_64, ABI_I386, ABI_X32};

struct breadth {
    struct arena *arena;
    const struct node *root;
    const struct seccomp_policy *policy;
    const struct seccomp_evaluator *evaluator;
    const struct seccomp_context *context;
    bool of_container; /* context has its capabilities */
};

/* "0=0x10 2=7" into six values. */
static void read_arguments(const char *text, uint64_t args[static 6])
{
    memset(args, 0, 6 * sizeof(*args));
    while (*text) {
        char *end = NULL;
        unsigned long index = strtoul(text, &end, 10);
        if (*end != '=' || index > 5)
            return;
        args[index] = strtoull(end + 1, &end, 0);
        text = end + strspn(end, " ");
    }
}

/* The place in the file that names the call: of a rule that allows it, if one does. */
static const struct node *place_of(const struct node *root, const char *call)
{
    const struct node *rules = node_get(root, "syscalls");
    for (const struct node *rule = node_first(rules); rule; rule = rule->next) {
        if (!node_is_text(node_get(rule, "action"), "SCMP_ACT_ALLOW"))
            continue;
        for (const struct node *name = node_first(node_get(rule, "names")); name; name = name->next)
            if (node_is_text(name, call))
                return name;
        if (node_is_text(node_get(rule, "name"), call))
            return node_get(rule, "name");
    }
    return node_get(root, "defaultAction");
}

static bool passes(const struct breadth *breadth, enum abi abi, const char *call, const uint64_t args[static 6])
{
    int number = syscall_number(abi, call);
    if (number == SYSCALL_NONE || !seccomp_policy_has_abi(breadth->policy, breadth->context, abi))
        return false;
    enum seccomp_action action = seccomp_evaluator_ask(breadth->evaluator, abi, (uint64_t)number, args).action;
    return action == SECCOMP_ALLOW || action == SECCOMP_LOG;
}

static void put_text(struct arena *arena, struct node *map, const char *key, const char *text, const struct node *where)
{
    node_put(arena, map, key, node_new_text(arena, text, where));
}

static bool has_capability(const struct seccomp_context *context, const char *name)
{
    const struct data_capabilities *capability = capability_by_name(name);
    return capability && (context->capabilities >> capability->number & 1);
}

static void add_passing(const struct breadth *breadth, const struct data_seccomp_probes *probe, enum abi abi,
                        struct node *passing)
{
    struct arena *arena = breadth->arena;
    const struct node *where = place_of(breadth->root, probe->call);
    struct node *item = node_new_map(arena, where);
    put_text(arena, item, "probe", probe->probe, where);
    put_text(arena, item, "call", probe->call, where);
    put_text(arena, item, "abi", arch_get(abi)->name, where);
    put_text(arena, item, "severity", probe->severity, where);
    put_text(arena, item, "why", probe->why, where);
    if (*probe->needs)
        put_text(arena, item, "needs", probe->needs, where);
    if (breadth->of_container)
        node_put(arena, item, "usable", node_new_bool(arena, !*probe->needs || has_capability(breadth->context, probe->needs), where));
    node_append(passing, item);
}

/* Once for each probe: through the native ABI if it passes there, else through the first other one. */
static struct node *probe_all(const struct breadth *breadth)
{
    struct node *passing = node_new_list(breadth->arena, breadth->root);
    for (size_t i = 0; i < data_seccomp_probes_count; i++) {
        uint64_t args[6];
        read_arguments(data_seccomp_probes[i].arguments, args);
        for (size_t j = 0; j < ARRAY_COUNT(abis); j++) {
            if (passes(breadth, abis[j], data_seccomp_probes[i].call, args)) {
                add_passing(breadth, &data_seccomp_probes[i], abis[j], passing);
                break;
            }
        }
    }
    return passing;
}

/* A denial that another call undoes: the first is refused as EPERM or worse, the second passes. */
static const struct {
    const char *denied, *passes, *why;
} siblings[] = {
    {"open", "openat2", "openat2 opens what open does"},
    {"openat", "openat2", "openat2 opens what openat does"},
    {"openat", "open_by_handle_at", "open_by_handle_at opens files without a path"},
    {"execve", "execveat", "execveat executes what execve does"},
    {"socket", "io_uring_setup", "io_uring makes sockets without the call socket"},
    {"connect", "io_uring_setup", "io_uring connects without the call connect"},
    {"mount", "move_mount", "fsopen and move_mount mount what mount does"},
    {"ptrace", "process_vm_writev", "process_vm_writev changes memory as ptrace does"},
    {"init_module", "finit_module", "finit_module loads what init_module does"},
    {"kexec_load", "kexec_file_load", "kexec_file_load loads what kexec_load does"},
    {"chmod", "fchmodat2", "fchmodat2 changes what chmod does"},
    {"fork", "clone3", "clone3 makes processes as fork does"},
};

static struct node *undone_denials(const struct breadth *breadth)
{
    static const uint64_t none[6] = {0};
    struct node *undone = node_new_list(breadth->arena, breadth->root);
    for (size_t i = 0; i < ARRAY_COUNT(siblings); i++) {
        if (passes(breadth, ABI_X86_64, siblings[i].denied, none) || !passes(breadth, ABI_X86_64, siblings[i].passes, none))
            continue;
        const struct node *where = place_of(breadth->root, siblings[i].passes);
        struct node *item = node_new_map(breadth->arena, where);
        put_text(breadth->arena, item, "denied", siblings[i].denied, where);
        put_text(breadth->arena, item, "passes", siblings[i].passes, where);
        put_text(breadth->arena, item, "why", siblings[i].why, where);
        node_append(undone, item);
    }
    return undone;
}

static void add_unknown(struct arena *arena, const struct node *name, struct node *unknown)
{
    const char *text = node_text(name);
    if (text && !syscall_by_name(text) && strncmp(text, "syscall_", 8) != 0)
        node_append(unknown, node_new_text(arena, text, name));
}

static struct node *unknown_names(const struct breadth *breadth)
{
    struct node *unknown = node_new_list(breadth->arena, breadth->root);
    for (const struct node *rule = node_first(node_get(breadth->root, "syscalls")); rule; rule = rule->next) {
        add_unknown(breadth->arena, node_get(rule, "name"), unknown);
        for (const struct node *name = node_first(node_get(rule, "names")); name; name = name->next)
            add_unknown(breadth->arena, name, unknown);
    }
    return unknown;
}

static int64_t count_allowed(const struct breadth *breadth)
{
    static const uint64_t none[6] = {0};
    int64_t count = 0;
    for (size_t i = 0; i < syscall_count(); i++)
        count += passes(breadth, ABI_X86_64, syscall_at(i)->name, none);
    return count;
}

static struct node *foreign_abis(const struct breadth *breadth)
{
    struct node *list = node_new_list(breadth->arena, node_get(breadth->root, "architectures"));
    for (size_t i = 1; i < ARRAY_COUNT(abis); i++)
        if (seccomp_policy_has_abi(breadth->policy, breadth->context, abis[i]))
            node_append(list, node_new_text(breadth->arena, arch_get(abis[i])->name, NULL));
    return list;
}

/* Would Docker's default profile refuse the call, whatever its arguments, to a container with these capabilities? default_ is its row of
 * profiles/syscall-risk.csv: "always", "never", or "cap: X or Y". */
static bool default_refuses(const char *default_, const struct seccomp_context *context)
{
    if (strcmp(default_, "never") == 0)
        return true;
    if (strncmp(default_, "cap: ", 5) != 0)
        return false;
    for (const char *at = default_; (at = strstr(at, "CAP_")); at += 4) {
        char name[32] = "";
        (void)snprintf(name, sizeof(name), "%.*s", (int)strcspn(at, " ;"), at);
        if (has_capability(context, name))
            return false;
    }
    return true;
}

static struct node *beyond_default(const struct breadth *breadth)
{
    static const uint64_t none[6] = {0};
    struct node *calls = NULL;
    for (size_t i = 0; i < data_syscall_risk_count; i++) {
        const struct data_syscall_risk *row = &data_syscall_risk[i];
        if (!default_refuses(row->docker_default, breadth->context) || !passes(breadth, ABI_X86_64, row->syscall, none))
            continue;
        calls = calls ? calls : node_new_list(breadth->arena, breadth->root);
        node_append(calls, node_new_text(breadth->arena, row->syscall, place_of(breadth->root, row->syscall)));
    }
    return calls;
}

static struct node *make_facts(const struct breadth *breadth)
{
    struct arena *arena = breadth->arena;
    struct node *facts = node_new_map(arena, breadth->root);
    const struct node *action = node_get(breadth->root, "defaultAction");
    put_text(arena, facts, "default_action", seccomp_action_name(breadth->policy->default_action), action);
    node_put(arena, facts, "allowed_calls", node_new_int(arena, count_allowed(breadth), breadth->root));
    node_put(arena, facts, "abis", foreign_abis(breadth));
    node_put(arena, facts, "passing", probe_all(breadth));
    node_put(arena, facts, "undone", undone_denials(breadth));
    node_put(arena, facts, "unknown_names", unknown_names(breadth));
    node_put(arena, facts, "idle", seccomp_idle_facts(arena, breadth->root, breadth->policy, breadth->context, breadth->evaluator));
    return facts;
}

static int judge(struct arena *arena, const char *name, const struct node *root, const struct seccomp_context *context, bool of_container,
                 struct node **ret_facts, struct err *err)
{
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = NULL;
    AUTO(seccomp_evaluator_free_cleanup) struct seccomp_evaluator *evaluator = NULL;
    int failed = profile_source_policy_of(name, root, &policy, err);
    if (failed == 0)
        failed = seccomp_evaluator_new(policy, context, &evaluator, err);
    if (failed < 0)
        return failed;
    const struct breadth breadth = {.arena = arena, .root = root, .policy = policy, .evaluator = evaluator,
                                    .context = context, .of_container = of_container};
    *ret_facts = make_facts(&breadth);
    struct node *beyond = of_container ? beyond_default(&breadth) : NULL;
    if (beyond)
        node_put(arena, *ret_facts, "beyond_default", beyond);
    return 0;
}

int seccomp_breadth_facts(struct arena *arena, const char *name, const struct node *root, struct node **ret_facts,
                          struct err *err)
{
    /* No capability, the newest kernel. What only a capability lets through is judged with the container that has it. */
    static const struct seccomp_context context = {.native = ABI_X86_64};
    int failed = judge(arena, name, root, &context, false, ret_facts, err);
    if (failed < 0)
        return failed;
    put_text(arena, *ret_facts, "format", "seccomp", NULL);
    node_put(arena, *ret_facts, "raw", node_copy(arena, root));
    return 0;
}

int seccomp_breadth_of_container(struct arena *arena, const char *name, const struct node *root, uint64_t capabilities,
                                 struct node **ret_facts, struct err *err)
{
    const struct seccomp_context context = {.native = ABI_X86_64, .capabilities = capabilities};
    return judge(arena, name, root, &context, true, ret_facts, err);
}
