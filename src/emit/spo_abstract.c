#include "emit/spo_abstract.h"

#include <errno.h>
#include <string.h>

#include "base/strings.h"

#define SAFE "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./*?+-"

bool spo_abstract_can(const struct apparmor_policy *policy)
{
    for (size_t i = 0; i < policy->file_count; i++)
        if (policy->files[i].deny)
            return false;
    return true;
}

void spo_abstract_done(struct spo_abstract *abstract)
{
    struct spo_paths *all[] = {&abstract->executables, &abstract->libraries, &abstract->read_only, &abstract->read_write,
                               &abstract->capabilities};
    for (size_t i = 0; i < ARRAY_COUNT(all); i++)
        strings_free(&all[i]->items, &all[i]->count);
}

/* ---- paths ---------------------------------------------------------------------------------------- */

/* Behind a class, in which a bracket that opens is a byte like any other. */
static const char *skip_class(const char *at)
{
    while (*at && *at != ']')
        at += *at == '\\' && at[1] ? 2 : 1;
    return at + (*at == ']');
}

/* Behind what begins with a brace, which may nest. */
static const char *skip_group(const char *at, bool *ret_crosses)
{
    size_t depth = 0;
    for (*ret_crosses = false; *at; at++) {
        if (*at == '\\' && at[1])
            at++;
        else if (*at == '{')
            depth++;
        else if (*at == '}' && --depth == 0)
            return at + 1;
        *ret_crosses |= *at == '/' || (at[0] == '*' && at[1] == '*');
    }
    return at;
}

/* Behind an escape, which stands for one byte: a backslash with a character or with three octal digits. */
static const char *skip_escape(const char *at)
{
    size_t digits = strspn(at + 1, "01234567");
    return at + (digits >= 3 ? 4 : at[1] ? 2 : 1);
}

/* No pattern gets narrower. */
static void add_pattern(struct spo_paths *paths, const char *pattern)
{
    AUTO_BUF struct buf out = BUF_INIT;
    for (const char *at = pattern; *at;) {
        bool crosses = false;
        if (*at == '[') {
            at = skip_class(at);
            buf_add_char(&out, '?');
        } else if (*at == '{') {
            at = skip_group(at, &crosses);
            buf_add_text(&out, crosses ? "**" : "*");
        } else if (*at == '\\') {
            at = skip_escape(at);
            buf_add_char(&out, '?');
        } else {
            buf_add_char(&out, strchr(SAFE, *at) ? *at : '?');
            at++;
        }
    }
    strings_add(&paths->items, &paths->count, buf_text(&out));
}

static void sort(struct spo_paths *paths)
{
    strings_sort(paths->items, &paths->count);
}

/* As far as their fixed beginnings tell: what is not told apart counts as overlapping. */
static bool overlap(const char *a, const char *b)
{
    size_t fixed_a = strcspn(a, "*?");
    size_t fixed_b = strcspn(b, "*?");
    if (a[fixed_a] == '\0' && b[fixed_b] == '\0')
        return strcmp(a, b) == 0;
    return strncmp(a, b, fixed_a < fixed_b ? fixed_a : fixed_b) == 0;
}

/* abstractions/base lets every program write to these, and a denial would take that away. */
static bool is_sink(const char *pattern)
{
    return strcmp(pattern, "/dev/null") == 0 || strcmp(pattern, "/dev/zero") == 0 || strcmp(pattern, "/dev/full") == 0;
}

static bool is_written(const struct spo_paths *written, const char *pattern)
{
    if (is_sink(pattern))
        return true;
    for (size_t i = 0; i < written->count; i++)
        if (overlap(written->items[i], pattern))
            return true;
    return false;
}

/* A read-only path is denied for writing, so none may overlap with one that is written. */
static void part_read_only(struct spo_abstract *abstract)
{
    size_t kept = 0;
    struct spo_paths *read_only = &abstract->read_only;
    const struct spo_paths written = abstract->read_write;
    struct spo_paths moved = {0};
    for (size_t i = 0; i < read_only->count; i++) {
        if (is_written(&written, read_only->items[i])) {
            strings_add(&moved.items, &moved.count, read_only->items[i]);
            free(read_only->items[i]);
        } else {
            read_only->items[kept++] = read_only->items[i];
        }
    }
    read_only->count = kept;
    for (size_t i = 0; i < moved.count; i++)
        strings_add(&abstract->read_write.items, &abstract->read_write.count, moved.items[i]);
    strings_free(&moved.items, &moved.count);
    sort(&abstract->read_write);
}

static void take_files(const struct apparmor_policy *policy, struct spo_abstract *abstract)
{
    for (size_t i = 0; i < policy->file_count; i++) {
        const struct aa_file_rule *rule = &policy->files[i];
        const aa_mask run = AA_EXEC | AA_MAP_EXEC;
        if (rule->permissions & AA_EXEC)
            add_pattern(&abstract->executables, rule->pattern);
        if (rule->permissions & AA_MAP_EXEC)
            add_pattern(&abstract->libraries, rule->pattern);
        if (rule->permissions & (AA_WRITE | AA_APPEND | AA_LINK | AA_LOCK))
            add_pattern(&abstract->read_write, rule->pattern);
        else if (!(rule->permissions & run))
            add_pattern(&abstract->read_only, rule->pattern);
    }
    sort(&abstract->executables);
    sort(&abstract->libraries);
    sort(&abstract->read_write);
    sort(&abstract->read_only);
    part_read_only(abstract);
}

/* ---- all else -------------------------------------------------------------------------------------- */

static bool has_word(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = words; (at = strstr(at, word)); at += length)
        if ((at == words || at[-1] == ' ') && (at[length] == '\0' || at[length] == ' '))
            return true;
    return false;
}

static int take_network(const char *words, struct spo_abstract *abstract, struct err *err)
{
    bool internet = has_word(words, "inet") || has_word(words, "inet6");
    if (has_word(words, "raw"))
        abstract->raw = true;
    else if (internet && has_word(words, "stream"))
        abstract->tcp = true;
    else if (internet && has_word(words, "dgram"))
        abstract->udp = true;
    else if (!has_word(words, "unix")) /* which abstractions/base allows */
        return err_set(err, -ENOTSUP, "the operator's AppArmorProfile cannot allow the sockets 'network %.60s', which were used", words);
    return 0;
}

/* The rules for its own processes, which every allow-list has, are in abstractions/base. */
static int check_others(const struct apparmor_policy *policy, const struct recording *recording, struct err *err)
{
    for (size_t i = 0; i < policy->other_count; i++)
        if (strcmp(policy->others[i].kind, "signal") != 0 && strcmp(policy->others[i].kind, "ptrace") != 0)
            return err_set(err, -ENOTSUP, "the operator's AppArmorProfile cannot allow %s, which was used", policy->others[i].kind);
    for (size_t i = 0; i < recording->fact_count; i++)
        if (recording->facts[i].kind == FACT_PTRACE)
            return err_set(err, -ENOTSUP, "the operator's AppArmorProfile cannot allow ptrace, which was used");
    return 0;
}

int spo_abstract_make(const struct apparmor_policy *policy, const struct recording *recording, struct spo_abstract *ret, struct err *err)
{
    struct spo_abstract abstract = {0};
    int result = check_others(policy, recording, err);
    for (size_t i = 0; i < policy->network_count && result == 0; i++)
        result = take_network(policy->networks[i].words, &abstract, err);
    if (result < 0)
        return result;
    for (size_t i = 0; i < policy->capability_count; i++)
        strings_add(&abstract.capabilities.items, &abstract.capabilities.count, policy->capabilities[i].words);
    sort(&abstract.capabilities);
    take_files(policy, &abstract);
    *ret = abstract;
    return 0;
}

/* ---- what the operator makes of it ------------------------------------------------------------------- */

/* What it denies besides, whatever the lists say. */
static const struct {
    const char *pattern, *permissions;
} always_denied[] = {
    {"/proc/*", "w"},
    {"/proc/{[^1-9],[^1-9][^0-9],[^1-9s][^0-9y][^0-9s],[^1-9][^0-9][^0-9][^0-9]*}/**", "w"},
    {"/proc/sys/[^k]**", "w"},
    {"/proc/sys/kernel/{?,??,[^s][^h][^m]**}", "w"},
    {"/proc/sysrq-trigger", "rwklx"},
    {"/proc/mem", "rwklx"},
    {"/proc/kmem", "rwklx"},
    {"/proc/kcore", "rwklx"},
    {"/sys/[^f]*/**", "wklx"},
    {"/sys/f[^s]*/**", "wklx"},
    {"/sys/fs/[^c]*/**", "wklx"},
    {"/sys/fs/c[^g]*/**", "wklx"},
    {"/sys/fs/cg[^r]*/**", "wklx"},
    {"/sys/firmware/efi/efivars/**", "rwklx"},
    {"/sys/kernel/security/**", "rwklx"},
};

static void add_rules(const struct spo_paths *paths, const char *before, const char *behind, struct buf *out)
{
    for (size_t i = 0; i < paths->count; i++)
        buf_printf(out, "  %s%s%s,\n", before, paths->items[i], behind);
}

void spo_abstract_profile(const struct spo_abstract *abstract, const char *name, struct buf *out)
{
    buf_printf(out, "profile %s flags=(attach_disconnected,mediate_deleted) {\n", name);
    buf_printf(out, "  network unix,\n  signal (receive),\n  signal (send, receive) peer=\"%s\",\n", name);
    add_rules(&abstract->executables, "", " ixr", out);
    add_rules(&abstract->libraries, "", " mr", out);
    add_rules(&abstract->read_only, "", " r", out);
    add_rules(&abstract->read_only, "deny ", " wlk", out);
    add_rules(&abstract->read_write, "", " rwlk", out);
    add_rules(&abstract->capabilities, "capability ", "", out);
    buf_printf(out, "  %snetwork raw,\n%s%s", abstract->raw ? "" : "deny ", abstract->tcp ? "  network tcp,\n" : "",
               abstract->udp ? "  network udp,\n" : "");
    for (size_t i = 0; i < ARRAY_COUNT(always_denied); i++)
        buf_printf(out, "  deny %s %s,\n", always_denied[i].pattern, always_denied[i].permissions);
    buf_add_text(out, "}\n");
}
