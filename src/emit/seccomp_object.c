#include "emit/seccomp_object.h"

#include <string.h>

#include "base/text.h"

/* As it is when it is UTF-8, so that what was read is written back unchanged. */
static void write_text(struct json_out *json, const char *text)
{
    size_t length = strlen(text);
    size_t valid = 0;
    for (size_t step = 1; step && valid < length; valid += step)
        step = text_utf8_length(text + valid, length - valid);
    if (valid == length)
        json_out_text(json, text);
    else
        json_out_bytes(json, text, length);
}

static void write_strings(struct json_out *json, const char *key, char *const *items, size_t count, bool on_one_line)
{
    if (count == 0)
        return;
    json_out_key(json, key);
    if (on_one_line)
        json_out_inline_array(json);
    else
        json_out_array(json);
    for (size_t i = 0; i < count; i++)
        write_text(json, items[i]);
    json_out_end(json, ']');
}

static void write_errno(struct json_out *json, const char *key, enum seccomp_action action, int value)
{
    /* crun refuses an errno beside any other action. */
    if (value >= 0 && (action == SECCOMP_ERRNO || action == SECCOMP_TRACE))
        json_out_key_u64(json, key, (uint64_t)value);
}

static void write_args(struct json_out *json, const struct seccomp_rule *rule)
{
    if (rule->arg_count == 0)
        return;
    json_out_key(json, "args");
    json_out_array(json);
    for (size_t i = 0; i < rule->arg_count; i++) {
        const struct seccomp_arg *arg = &rule->args[i];
        json_out_inline_object(json);
        json_out_key_u64(json, "index", arg->index);
        json_out_key_u64(json, "value", arg->value);
        if (arg->op == OP_MASKED_EQ || arg->value_two)
            json_out_key_u64(json, "valueTwo", arg->value_two);
        json_out_key_text(json, "op", seccomp_op_name(arg->op));
        json_out_end(json, '}');
    }
    json_out_end(json, ']');
}

static void write_condition(struct json_out *json, const char *key, const struct seccomp_condition *condition)
{
    if (!condition->capability_count && !condition->arch_count && !condition->min_kernel)
        return;
    json_out_key(json, key);
    json_out_inline_object(json);
    write_strings(json, "caps", condition->capabilities, condition->capability_count, true);
    write_strings(json, "arches", condition->arches, condition->arch_count, true);
    if (condition->min_kernel) {
        char release[32];
        (void)snprintf(release, sizeof(release), "%u.%u", condition->min_kernel / 1000, condition->min_kernel % 1000);
        json_out_key_text(json, "minKernel", release);
    }
    json_out_end(json, '}');
}

static void write_rule(struct json_out *json, const struct seccomp_rule *rule, bool with_conditions)
{
    json_out_object(json);
    json_out_key(json, "names");
    json_out_array(json);
    for (size_t i = 0; i < rule->name_count; i++)
        write_text(json, rule->names[i]);
    json_out_end(json, ']');
    json_out_key_text(json, "action", seccomp_action_name(rule->action));
    write_errno(json, "errnoRet", rule->action, rule->errno_value);
    write_args(json, rule);
    if (with_conditions) {
        write_condition(json, "includes", &rule->includes);
        write_condition(json, "excludes", &rule->excludes);
    }
    if (rule->comment) {
        json_out_key(json, "comment");
        write_text(json, rule->comment);
    }
    json_out_end(json, '}');
}

static void write_list(struct json_out *json, const struct seccomp_policy *policy)
{
    json_out_key(json, "architectures");
    json_out_array(json);
    for (size_t i = 0; i < policy->abi_count; i++)
        json_out_text(json, arch_get(policy->abis[i])->scmp);
    json_out_end(json, ']');
}

static bool is_conditional(const struct seccomp_policy *policy)
{
    for (size_t i = 0; i < policy->rule_count; i++) {
        const struct seccomp_condition *in = &policy->rules[i].includes;
        const struct seccomp_condition *out = &policy->rules[i].excludes;
        if (in->arch_count || in->capability_count || out->arch_count || out->capability_count)
            return true;
    }
    return false;
}

static bool has(const struct seccomp_policy *policy, enum abi abi)
{
    for (size_t i = 0; i < policy->abi_count; i++)
        if (policy->abis[i] == abi)
            return true;
    return false;
}

/* Of several machines, each with its own ABI. */
static bool is_mappable(const struct seccomp_policy *policy)
{
    bool several = false;
    for (size_t i = 0; i < policy->abi_count; i++) {
        enum abi family = arch_get(policy->abis[i])->family;
        several |= family != arch_get(policy->abis[0])->family;
        if (!has(policy, family))
            return false;
    }
    return several;
}

static void write_family(struct json_out *json, const struct seccomp_policy *policy, enum abi family)
{
    json_out_object(json);
    json_out_key_text(json, "architecture", arch_get(family)->scmp);
    json_out_key(json, "subArchitectures");
    json_out_array(json);
    for (size_t i = 0; i < policy->abi_count; i++)
        if (policy->abis[i] != family && arch_get(policy->abis[i])->family == family)
            json_out_text(json, arch_get(policy->abis[i])->scmp);
    json_out_end(json, ']');
    json_out_end(json, '}');
}

static void write_map(struct json_out *json, const struct seccomp_policy *policy)
{
    json_out_key(json, "archMap");
    json_out_array(json);
    for (size_t i = 0; i < policy->abi_count; i++)
        if (arch_get(policy->abis[i])->family == policy->abis[i])
            write_family(json, policy, policy->abis[i]);
    json_out_end(json, ']');
}

/* Exactly the ABIs of the policy, as a list, which every runtime takes. A profile for several machines with Docker's conditions is
 * for Docker and Podman alone, and these take the machine's own row of a map: of a list a runtime may not know them all. */
static void write_architectures(struct json_out *json, const struct seccomp_policy *policy, bool oci)
{
    if (policy->abi_count == 0)
        return;
    if (!oci && is_conditional(policy) && is_mappable(policy))
        write_map(json, policy);
    else
        write_list(json, policy);
}

void seccomp_object_write(const struct seccomp_policy *policy, const struct seccomp_context *oci_context,
                          struct buf *out)
{
    struct json_out json;
    json_out_init(&json, out);
    json_out_object(&json);
    json_out_key_text(&json, "defaultAction", seccomp_action_name(policy->default_action));
    write_errno(&json, "defaultErrnoRet", policy->default_action, policy->default_errno);
    write_architectures(&json, policy, oci_context != NULL);
    write_strings(&json, "flags", policy->flags, policy->flag_count, false);
    if (policy->listener_path) {
        json_out_key(&json, "listenerPath");
        write_text(&json, policy->listener_path);
    }
    json_out_key(&json, "syscalls");
    json_out_array(&json);
    for (size_t i = 0; i < policy->rule_count; i++)
        if (!oci_context || seccomp_rule_applies(&policy->rules[i], oci_context))
            write_rule(&json, &policy->rules[i], !oci_context);
    json_out_end(&json, ']');
    json_out_end(&json, '}');
}
