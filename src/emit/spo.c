/*
 * The objects of the Security Profiles Operator: a SeccompProfile and an AppArmorProfile in one file.
 *
 * Sources: api/seccompprofile/v1beta1 and api/apparmorprofile/v1alpha1 of kubernetes-sigs/security-profiles-operator. A
 * SeccompProfile has no errno for its default action, which then is EPERM: so calls that the policy refuses with EPERM are left to
 * it, and those that its own default answers with ENOSYS are named. errnoRet is a number since release 0.8.0; before, the
 * operator wrote profiles with it that no runtime read (its issue 1769). An AppArmorProfile took a whole profile as
 * spec.policy up to release 0.8.4; pull request 2590 removed that for spec.abstract, which can allow and not deny.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/yaml_out.h"
#include "emit/formats.h"
#include "emit/spo_abstract.h"
#include "emit/target.h"
#include "model/multiplex.h"

#define OPERATOR_GROUP "security-profiles-operator.x-k8s.io"

/* ---- the seccomp policy as the operator can say it ------------------------------------------------- */

static int default_errno(const struct seccomp_policy *policy)
{
    return policy->default_errno < 0 ? EPERM : policy->default_errno;
}

/* What the operator's default answers needs no rule, be it for all arguments or for some: runtimes pass over such rules. */
static bool is_left_to_default(const struct seccomp_policy *policy, const struct seccomp_rule *rule)
{
    bool refuses = rule->action == SECCOMP_ERRNO && (rule->errno_value < 0 || rule->errno_value == EPERM);
    return policy->default_action == SECCOMP_ERRNO && refuses;
}

static int check_rule(const struct seccomp_rule *rule, struct err *err)
{
    for (size_t i = 0; i < rule->arg_count; i++)
        if (rule->args[i].value > INT64_MAX || rule->args[i].value_two > INT64_MAX)
            return err_set(err, -ENOTSUP, "a SeccompProfile cannot hold the condition on %s: its numbers end at 2^63",
                           rule->names[0]);
    return 0;
}

static void write_names(struct yaml_out *yaml, const char *key, char *const *names, size_t count)
{
    AUTO_FREE const char **texts = mem_zero(count, sizeof(*texts));
    for (size_t i = 0; i < count; i++)
        texts[i] = names[i];
    yaml_out_flow(yaml, key, texts, count);
}

static void write_args(struct yaml_out *yaml, const struct seccomp_rule *rule)
{
    if (rule->arg_count == 0)
        return;
    yaml_out_open(yaml, "args");
    for (size_t i = 0; i < rule->arg_count; i++) {
        const struct seccomp_arg *arg = &rule->args[i];
        yaml_out_item(yaml);
        yaml_out_u64(yaml, "index", arg->index);
        yaml_out_u64(yaml, "value", arg->value);
        if (arg->op == OP_MASKED_EQ || arg->value_two)
            yaml_out_u64(yaml, "valueTwo", arg->value_two);
        yaml_out_text(yaml, "op", seccomp_op_name(arg->op));
        yaml_out_end(yaml);
    }
    yaml_out_end(yaml);
}

/* Without where the policy comes from, which stands above it all. */
static void write_comment(struct yaml_out *yaml, const char *comment)
{
    const char *origin = comment ? strstr(comment, ". profgen ") : NULL;
    size_t length = origin && strstr(origin, "profgen-mark:") ? (size_t)(origin - comment) : comment ? strlen(comment) : 0;
    if (comment)
        yaml_out_commentf(yaml, "%.*s", (int)length, comment);
}

static void write_rule(struct yaml_out *yaml, const struct seccomp_rule *rule)
{
    write_comment(yaml, rule->comment);
    yaml_out_item(yaml);
    write_names(yaml, "names", rule->names, rule->name_count);
    yaml_out_text(yaml, "action", seccomp_action_name(rule->action));
    if (rule->action == SECCOMP_ERRNO && rule->errno_value > 0 && rule->errno_value != EPERM)
        yaml_out_u64(yaml, "errnoRet", (uint64_t)rule->errno_value);
    write_args(yaml, rule);
    yaml_out_end(yaml);
}

/* Of an ABI of the policy, so that a rule for it does something. */
static bool is_callable(const struct seccomp_policy *policy, const struct syscall *syscall)
{
    bool callable = policy->abi_count == 0;
    for (size_t i = 0; i < policy->abi_count; i++)
        callable |= syscall->number[policy->abis[i]] != SYSCALL_NONE;
    return callable;
}

/* libseccomp makes two rules of one for these, and the second could contradict another. */
static bool has_two_forms(const char *name)
{
    return multiplexed_by_name(name) || strcmp(name, "socketcall") == 0 || strcmp(name, "ipc") == 0;
}

/* The calls that no rule names get the policy's own default by name. */
static void write_unnamed(struct yaml_out *yaml, const struct seccomp_policy *policy)
{
    if (policy->default_action != SECCOMP_ERRNO || default_errno(policy) == EPERM)
        return;
    AUTO_FREE bool *named = mem_zero(syscall_count(), sizeof(*named));
    AUTO_FREE const char **unnamed = mem_zero(syscall_count(), sizeof(*unnamed));
    size_t count = 0;
    for (size_t i = 0; i < policy->rule_count; i++)
        for (size_t k = 0; k < policy->rules[i].name_count; k++) {
            const struct syscall *syscall = syscall_by_name(policy->rules[i].names[k]);
            if (syscall)
                named[syscall - syscall_at(0)] = true;
        }
    for (size_t i = 0; i < syscall_count(); i++)
        if (!named[i] && is_callable(policy, syscall_at(i)) && !has_two_forms(syscall_at(i)->name))
            unnamed[count++] = syscall_at(i)->name;
    if (count == 0)
        return;
    yaml_out_comment(yaml, "the default of seccomp.json for every call that it does not name, which is ENOSYS, for those the default of seccomp: here the "
                           "default is EPERM");
    yaml_out_item(yaml);
    yaml_out_flow(yaml, "names", unnamed, count);
    yaml_out_text(yaml, "action", seccomp_action_name(SECCOMP_ERRNO));
    yaml_out_u64(yaml, "errnoRet", (uint64_t)default_errno(policy));
    yaml_out_end(yaml);
}

static void write_architectures(struct yaml_out *yaml, const struct seccomp_policy *policy)
{
    if (policy->abi_count == 0)
        return;
    const char *names[ABI_COUNT];
    size_t count = 0;
    for (size_t i = 0; i < policy->abi_count && count < ABI_COUNT; i++)
        names[count++] = arch_get(policy->abis[i])->scmp;
    yaml_out_flow(yaml, "architectures", names, count);
}

static void write_head(struct yaml_out *yaml, const char *version, const char *kind, const char *name)
{
    AUTO_FREE char *api_version = mem_printf("%s/%s", OPERATOR_GROUP, version);
    yaml_out_text(yaml, "apiVersion", api_version);
    yaml_out_text(yaml, "kind", kind);
    yaml_out_open(yaml, "metadata");
    yaml_out_text(yaml, "name", name);
    yaml_out_end(yaml);
}

static int write_seccomp(struct yaml_out *yaml, const struct emit_input *input, struct err *err)
{
    const struct seccomp_policy *policy = input->seccomp;
    struct seccomp_context context = emit_context(input);
    yaml_out_commentf(yaml, "Pods name it as seccompProfile: {type: Localhost, localhostProfile: operator/%s.json}; up to release 0.8 of the "
                            "operator, where it belongs to a namespace, as operator/NAMESPACE/%s.json.", input->name, input->name);
    write_head(yaml, "v1beta1", "SeccompProfile", input->name);
    yaml_out_open(yaml, "spec");
    if (policy->default_action == SECCOMP_ERRNO)
        yaml_out_comment(yaml, "with EPERM: the operator knows no other errno here");
    yaml_out_text(yaml, "defaultAction", seccomp_action_name(policy->default_action));
    write_architectures(yaml, policy);
    if (policy->flag_count > 0)
        write_names(yaml, "flags", policy->flags, policy->flag_count);
    yaml_out_open(yaml, "syscalls");
    for (size_t i = 0; i < policy->rule_count; i++) {
        const struct seccomp_rule *rule = &policy->rules[i];
        int result = check_rule(rule, err);
        if (result < 0)
            return result;
        if (seccomp_rule_applies(rule, &context) && !is_left_to_default(policy, rule))
            write_rule(yaml, rule);
    }
    write_unnamed(yaml, policy);
    yaml_out_end(yaml);
    yaml_out_end(yaml);
    return 0;
}

/* ---- AppArmor -------------------------------------------------------------------------------------- */

static void write_paths(struct yaml_out *yaml, const char *key, const struct spo_paths *paths)
{
    if (paths->count == 0)
        return;
    yaml_out_open(yaml, key);
    for (size_t i = 0; i < paths->count; i++)
        yaml_out_item_text(yaml, paths->items[i]);
    yaml_out_end(yaml);
}

static void write_abstract(struct yaml_out *yaml, const struct spo_abstract *abstract)
{
    yaml_out_open(yaml, "abstract");
    if (abstract->executables.count + abstract->libraries.count > 0) {
        yaml_out_open(yaml, "executable");
        write_paths(yaml, "allowedExecutables", &abstract->executables);
        write_paths(yaml, "allowedLibraries", &abstract->libraries);
        yaml_out_end(yaml);
    }
    if (abstract->read_only.count + abstract->read_write.count > 0) {
        yaml_out_open(yaml, "filesystem");
        write_paths(yaml, "readOnlyPaths", &abstract->read_only);
        write_paths(yaml, "readWritePaths", &abstract->read_write);
        yaml_out_end(yaml);
    }
    yaml_out_open(yaml, "network");
    yaml_out_bool(yaml, "allowRaw", abstract->raw);
    yaml_out_open(yaml, "allowedProtocols");
    yaml_out_bool(yaml, "allowTcp", abstract->tcp);
    yaml_out_bool(yaml, "allowUdp", abstract->udp);
    yaml_out_end(yaml);
    yaml_out_end(yaml);
    if (abstract->capabilities.count > 0) {
        yaml_out_open(yaml, "capability");
        write_paths(yaml, "allowedCapabilities", &abstract->capabilities);
        yaml_out_end(yaml);
    }
    yaml_out_end(yaml);
}

/* An allow-list can be said to every release since 0.9, a deny-list up to 0.8.4 only. */
static int write_apparmor(struct yaml_out *yaml, const struct emit_input *input, struct err *err)
{
    AUTO(spo_abstract_done) struct spo_abstract abstract = {0};
    bool allows = spo_abstract_can(input->apparmor);
    int result = allows ? spo_abstract_make(input->apparmor, input->profile->recording, &abstract, err) : 0;
    if (result < 0)
        return result;
    buf_add_text(yaml->buf, "---\n");
    yaml_out_commentf(yaml, "Pods name it as appArmorProfile: {type: Localhost, localhostProfile: %s}.", input->name);
    if (allows)
        yaml_out_comment(yaml, "For releases of the operator from 0.9.0 on. What is written may be read as well, and what a pattern had of brackets, "
                               "braces and odd bytes is a wildcard: the operator cannot say more.");
    else
        yaml_out_comment(yaml, "For releases of the operator up to 0.8.4. Later ones have no spec.policy, and kubectl says so: they can allow "
                               "and not deny. Load the profile of --apparmor into the nodes there, or write an allow-list for "
                               "them with --apparmor-mode=allow.");
    write_head(yaml, "v1alpha1", "AppArmorProfile", input->name);
    yaml_out_open(yaml, "spec");
    if (allows) {
        write_abstract(yaml, &abstract);
    } else {
        AUTO_BUF struct buf text = BUF_INIT;
        apparmor_policy_write(input->apparmor, &text);
        yaml_out_block(yaml, "policy", buf_text(&text));
    }
    yaml_out_end(yaml);
    return 0;
}

int emit_spo(const struct emit_input *input, struct buf *out, struct err *err)
{
    struct yaml_out yaml;
    if (!target_is_subdomain(input->name))
        return err_set(err, -EINVAL, "an object of Kubernetes cannot be called '%.80s'; give --name small letters, digits, hyphens and dots",
                       input->name);
    emit_origin(input, out);
    yaml_out_init(&yaml, out);
    int result = write_seccomp(&yaml, input, err);
    return result < 0 ? result : write_apparmor(&yaml, input, err);
}
