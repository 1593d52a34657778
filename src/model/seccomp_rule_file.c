#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "model/seccomp_read.h"

static int read_arg(const struct seccomp_reader *reader, const json_t *object, struct seccomp_arg *ret_arg)
{
    struct seccomp_arg arg = {0};
    uint64_t index = 0;
    const char *op;
    int r;
    if ((r = seccomp_read_u64(reader, object, "index", 5, &index, NULL)) < 0 ||
        (r = seccomp_read_u64(reader, object, "value", UINT64_MAX, &arg.value, NULL)) < 0 ||
        (r = seccomp_read_u64(reader, object, "valueTwo", UINT64_MAX, &arg.value_two, NULL)) < 0 ||
        (r = seccomp_read_text(reader, object, "op", &op)) < 0)
        return r;
    arg.index = (unsigned)index;
    if (!op)
        return seccomp_refuse(reader, "op", "is missing; it must be a comparison such as SCMP_CMP_EQ");
    arg.op = seccomp_op_from_name(op);
    if (arg.op == SECCOMP_OP_COUNT)
        return seccomp_refuse(reader, "op", "\"%.60s\" is not a comparison such as SCMP_CMP_EQ", op);
    *ret_arg = arg;
    return 0;
}

static int read_args(struct seccomp_reader *reader, const json_t *object, struct seccomp_rule *rule)
{
    const json_t *array = NULL;
    int r = seccomp_read_array(reader, object, "args", &array);
    if (r < 0)
        return r;
    size_t outer = strlen(reader->where);
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *item = json_array_get(array, i);
        struct seccomp_arg arg = {0};
        (void)snprintf(reader->where + outer, sizeof(reader->where) - outer, ".args[%zu]", i);
        if (!json_is_object(item))
            return seccomp_refuse(reader, NULL, "is not an object");
        r = read_arg(reader, item, &arg);
        if (r < 0)
            return r;
        seccomp_rule_add_arg(rule, arg);
    }
    reader->where[outer] = '\0';
    return 0;
}

/* "4.8": exactly two numbers, as Docker reads it. */
static int read_min_kernel(const struct seccomp_reader *reader, const json_t *object, kernel_version *ret)
{
    const char *text;
    int r = seccomp_read_text(reader, object, "minKernel", &text);
    if (r < 0)
        return r;
    if (!text || !*text)
        return 0;
    uint64_t minor;
    const char *dot = strchr(text, '.');
    kernel_version version = kernel_version_parse(text);
    if (!dot || !num_parse_u64(dot + 1, 999, &minor) || version == 0)
        return seccomp_refuse(reader, "minKernel", "\"%.40s\" is not a kernel release such as \"4.8\"", text);
    *ret = version;
    return 0;
}

static int read_condition(struct seccomp_reader *reader, const json_t *object, const char *key,
                          struct seccomp_condition *condition)
{
    const json_t *filter;
    int r = seccomp_read_object(reader, object, key, &filter);
    if (r < 0 || !filter)
        return r;
    size_t outer = strlen(reader->where);
    (void)snprintf(reader->where + outer, sizeof(reader->where) - outer, ".%s", key);
    if ((r = seccomp_read_strings(reader, filter, "caps", &condition->capabilities,
                                  &condition->capability_count)) < 0 ||
        (r = seccomp_read_strings(reader, filter, "arches", &condition->arches, &condition->arch_count)) < 0 ||
        (r = read_min_kernel(reader, filter, &condition->min_kernel)) < 0)
        return r;
    reader->where[outer] = '\0';
    return 0;
}

static int read_names(const struct seccomp_reader *reader, const json_t *object, struct seccomp_rule *rule)
{
    int r = seccomp_read_strings(reader, object, "names", &rule->names, &rule->name_count);
    if (r < 0)
        return r;
    for (size_t i = 0; i < rule->name_count; i++)
        if (!*rule->names[i])
            return seccomp_refuse(reader, "names", "element %zu is empty", i);
    const char *name = NULL;
    if (!reader->is_oci && (r = seccomp_read_text(reader, object, "name", &name)) < 0)
        return r;
    if (!name || !*name)
        return 0;
    if (rule->name_count)
        return seccomp_refuse(reader, "name", "stands beside names; use one of them");
    seccomp_rule_add_name(rule, name);
    return 0;
}

int seccomp_rule_read(struct seccomp_reader *reader, const json_t *object, struct seccomp_policy *policy)
{
    if (!json_is_object(object))
        return seccomp_refuse(reader, NULL, "is not an object");
    enum seccomp_action action;
    int r = seccomp_read_action(reader, object, "action", &action);
    if (r < 0)
        return r;
    struct seccomp_rule *rule = seccomp_policy_add_rule(policy, action);
    if ((r = read_names(reader, object, rule)) < 0 ||
        (r = seccomp_read_errno(reader, object, "errnoRet", "errno", &rule->errno_value)) < 0 ||
        (r = read_args(reader, object, rule)) < 0)
        return r;
    if (reader->is_oci)
        return 0;
    const char *comment;
    if ((r = read_condition(reader, object, "includes", &rule->includes)) < 0 ||
        (r = read_condition(reader, object, "excludes", &rule->excludes)) < 0 ||
        (r = seccomp_read_text(reader, object, "comment", &comment)) < 0)
        return r;
    rule->comment = comment && *comment ? mem_strdup(comment) : NULL;
    return 0;
}
