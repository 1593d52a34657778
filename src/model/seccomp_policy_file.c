#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/json_in.h"
#include "base/strings.h"
#include "model/seccomp_read.h"

/* Architectures that runtimes know and whose calls are not in the table here. */
static const char *const foreign_arches[] = {
    "SCMP_ARCH_LOONGARCH64", "SCMP_ARCH_M68K",     "SCMP_ARCH_MIPS",        "SCMP_ARCH_MIPS64",
    "SCMP_ARCH_MIPS64N32",   "SCMP_ARCH_MIPSEL",   "SCMP_ARCH_MIPSEL64",    "SCMP_ARCH_MIPSEL64N32",
    "SCMP_ARCH_PARISC",      "SCMP_ARCH_PARISC64", "SCMP_ARCH_PPC",         "SCMP_ARCH_PPC64",
    "SCMP_ARCH_PPC64LE",     "SCMP_ARCH_S390",     "SCMP_ARCH_S390X",       "SCMP_ARCH_SH",
    "SCMP_ARCH_SHEB",
};

static const char *const known_flags[] = {
    "SECCOMP_FILTER_FLAG_TSYNC",
    "SECCOMP_FILTER_FLAG_LOG",
    "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
    "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
};

/* ret_abi is ABI_NONE for an architecture that no machine supported here can run. */
static int read_arch(const struct seccomp_reader *reader, const char *key, const char *text, enum abi *ret_abi)
{
    enum abi abi = strncmp(text, "SCMP_ARCH_", 10) == 0 ? arch_from_name(text) : ABI_NONE;
    if (abi == ABI_NONE) {
        bool known = false;
        for (size_t i = 0; i < ARRAY_COUNT(foreign_arches); i++)
            known |= strcmp(text, foreign_arches[i]) == 0;
        if (!known)
            return seccomp_refuse(reader, key, "\"%.60s\" is not an architecture such as SCMP_ARCH_X86_64", text);
    }
    *ret_abi = abi;
    return 0;
}

static int read_arches(const struct seccomp_reader *reader, const json_t *object, const char *key,
                       bool wanted, struct seccomp_policy *policy)
{
    const json_t *array;
    int r = seccomp_read_array(reader, object, key, &array);
    for (size_t i = 0; r == 0 && i < json_array_size(array); i++) {
        const char *text = json_string_value(json_array_get(array, i));
        enum abi abi = ABI_NONE;
        if (!text)
            return seccomp_refuse(reader, key, "element %zu is not a string", i);
        r = read_arch(reader, key, text, &abi);
        if (r == 0 && abi != ABI_NONE && wanted)
            seccomp_policy_add_abi(policy, abi);
    }
    return r;
}

/* A runtime takes the first row whose architecture is the machine's, so rows of anything that is not a
 * machine of its own (x86 on x86-64) and second rows add nothing. */
static int read_arch_map_row(const struct seccomp_reader *reader, const json_t *row, bool seen[ABI_COUNT],
                             struct seccomp_policy *policy)
{
    if (!json_is_object(row))
        return seccomp_refuse(reader, NULL, "is not an object");
    const char *text;
    enum abi abi = ABI_NONE;
    int r = seccomp_read_text(reader, row, "architecture", &text);
    if (r < 0)
        return r;
    if (!text)
        return seccomp_refuse(reader, "architecture", "is missing");
    r = read_arch(reader, "architecture", text, &abi);
    if (r < 0)
        return r;
    bool counts = abi != ABI_NONE && arch_get(abi)->family == abi && !seen[abi];
    if (counts) {
        seen[abi] = true;
        seccomp_policy_add_abi(policy, abi);
    }
    return read_arches(reader, row, "subArchitectures", counts, policy);
}

static int read_arch_map(struct seccomp_reader *reader, const json_t *object, struct seccomp_policy *policy)
{
    const json_t *array;
    int r = seccomp_read_array(reader, object, "archMap", &array);
    if (r < 0)
        return r;
    const json_t *architectures = seccomp_member(object, "architectures");
    if (json_array_size(array) && json_array_size(architectures))
        return seccomp_refuse(reader, "archMap", "stands beside architectures; use one of them");
    bool seen[ABI_COUNT] = {false};
    for (size_t i = 0; r == 0 && i < json_array_size(array); i++) {
        (void)snprintf(reader->where, sizeof(reader->where), "archMap[%zu]", i);
        r = read_arch_map_row(reader, json_array_get(array, i), seen, policy);
    }
    if (r == 0)
        reader->where[0] = '\0';
    return r;
}

static int read_flags(const struct seccomp_reader *reader, const json_t *object, struct seccomp_policy *policy)
{
    int r = seccomp_read_strings(reader, object, "flags", &policy->flags, &policy->flag_count);
    policy->has_flags = json_is_array(seccomp_member(object, "flags"));
    for (size_t i = 0; r == 0 && i < policy->flag_count; i++) {
        bool known = false;
        for (size_t k = 0; k < ARRAY_COUNT(known_flags); k++)
            known |= strcmp(policy->flags[i], known_flags[k]) == 0;
        if (!known)
            r = seccomp_refuse(reader, "flags", "\"%.60s\" is not a flag such as SECCOMP_FILTER_FLAG_LOG",
                               policy->flags[i]);
    }
    return r;
}

static int read_syscalls(struct seccomp_reader *reader, const json_t *object, struct seccomp_policy *policy)
{
    const json_t *array;
    int r = seccomp_read_array(reader, object, "syscalls", &array);
    for (size_t i = 0; r == 0 && i < json_array_size(array); i++) {
        (void)snprintf(reader->where, sizeof(reader->where), "syscalls[%zu]", i);
        r = seccomp_rule_read(reader, json_array_get(array, i), policy);
    }
    return r;
}

static int read_policy(struct seccomp_reader *reader, const json_t *object, struct seccomp_policy *policy)
{
    const char *listener;
    int r;
    if ((r = seccomp_read_action(reader, object, "defaultAction", &policy->default_action)) < 0 ||
        (r = seccomp_read_errno(reader, object, "defaultErrnoRet", "defaultErrno", &policy->default_errno)) < 0 ||
        (r = read_arches(reader, object, "architectures", true, policy)) < 0 ||
        (!reader->is_oci && (r = read_arch_map(reader, object, policy)) < 0) ||
        (r = read_flags(reader, object, policy)) < 0 ||
        (r = seccomp_read_text(reader, object, "listenerPath", &listener)) < 0 ||
        (r = read_syscalls(reader, object, policy)) < 0)
        return r;
    policy->listener_path = listener && *listener ? mem_strdup(listener) : NULL;
    return 0;
}

/* The object that is the policy: the whole document, or linux.seccomp of a runtime's config.json. */
static int find_policy(struct seccomp_reader *reader, const json_t *tree, const json_t **ret_object)
{
    if (!json_is_object(tree))
        return seccomp_refuse(reader, NULL, "is not a JSON object, so it is no seccomp profile");
    const json_t *seccomp = json_object_get(json_object_get(tree, "linux"), "seccomp");
    reader->is_oci = json_is_object(seccomp) && !json_object_get(tree, "defaultAction");
    *ret_object = reader->is_oci ? seccomp : tree;
    return 0;
}

int seccomp_policy_parse(const char *name, const char *bytes, size_t length, struct seccomp_policy **ret,
                         struct err *err)
{
    if (length > SECCOMP_POLICY_BYTES_MAX)
        return err_set(err, -EFBIG, "%s: is larger than a seccomp profile may be (%u MiB)", name,
                       SECCOMP_POLICY_BYTES_MAX >> 20);
    struct seccomp_reader reader = {.name = name, .err = err};
    AUTO_JSON json_t *tree = NULL;
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = seccomp_policy_new();
    const json_t *object = NULL;
    int r;
    if ((r = seccomp_read_json(&reader, bytes, length, &tree)) < 0 ||
        (r = find_policy(&reader, tree, &object)) < 0 || (r = read_policy(&reader, object, policy)) < 0)
        return r;
    *ret = TAKE(policy);
    return 0;
}

int seccomp_policy_read(const char *path, struct seccomp_policy **ret, struct err *err)
{
    AUTO_BUF struct buf bytes = BUF_INIT;
    int r = file_read(path, SECCOMP_POLICY_BYTES_MAX, &bytes, err);
    if (r < 0)
        return r;
    return seccomp_policy_parse(strcmp(path, "-") == 0 ? "standard input" : path, buf_text(&bytes), bytes.length,
                                ret, err);
}
