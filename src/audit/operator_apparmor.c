/* Source: internal/pkg/daemon/apparmorprofile/crd2armor of security-profiles-operator (0.8 to 0.10) and its API types v1alpha1 and v1. The abstraction
 * `base`, which the operator includes, is left out: nothing in it is dangerous. */
#include "audit/operator_apparmor.h"

#include <ctype.h>
#include <string.h>

#include "audit/apparmor_text.h"
#include "audit/embedded_text.h"

struct writer {
    struct collector *collector;
    struct buf text;
    const struct node **places; /* of each line */
    size_t count, capacity;
};

static void __attribute__((format(printf, 3, 4))) add_line(struct writer *writer, const struct node *where, const char *format, ...)
{
    AUTO_FREE char *line = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&line, format, arguments);
    va_end(arguments);
    if (length < 0)
        return;
    ARENA_GROW(writer->collector->arena, writer->places, writer->count, writer->capacity);
    writer->places[writer->count++] = where;
    buf_printf(&writer->text, "%s\n", line);
}

static bool is_plain(const char *text)
{
    for (; *text; text++)
        if (*text == '"' || *text == '\\' || iscntrl((unsigned char)*text))
            return false;
    return true;
}

/* "ptrace (read)," among paths, as versions before abstract.ptrace had it. */
static bool add_ptrace(struct writer *writer, const struct node *item)
{
    const char *text = node_text(item), *close = strchr(text, ')');
    if (strncmp(text, "ptrace", 6) != 0 || !close)
        return false;
    add_line(writer, item, "  %.*s,", (int)(close + 1 - text), text);
    return true;
}

static void add_paths(struct writer *writer, const struct node *list, const char *access, const char *denied)
{
    for (const struct node *item = node_is(list, NODE_LIST) ? node_first(list) : NULL; item; item = item->next) {
        const char *path = node_text(item);
        if (!path || !is_plain(path)) {
            writer->collector->miss(writer->collector, item, "this is no path that a profile could have");
            continue;
        }
        if (add_ptrace(writer, item))
            continue;
        add_line(writer, item, "  \"%s\" %s,", path, access);
        if (denied)
            add_line(writer, item, "  deny \"%s\" %s,", path, denied);
    }
}

static void add_network(struct writer *writer, const struct node *network)
{
    const struct node *raw = node_get(network, "allowRaw");
    const struct node *protocols = node_get(network, "allowedProtocols");
    protocols = protocols ? protocols : node_get(network, "protocols");
    if (raw)
        add_line(writer, raw, node_is_true(raw) ? "  network raw," : "  deny network raw,");
    if (node_is_true(node_get(protocols, "allowTcp")))
        add_line(writer, node_get(protocols, "allowTcp"), "  network tcp,");
    if (node_is_true(node_get(protocols, "allowUdp")))
        add_line(writer, node_get(protocols, "allowUdp"), "  network udp,");
}

static void add_capabilities(struct writer *writer, const struct node *list)
{
    for (const struct node *item = node_is(list, NODE_LIST) ? node_first(list) : NULL; item; item = item->next) {
        struct node *name = node_text(item) ? facts_capability(writer->collector->arena, item) : NULL;
        char *lower = name ? arena_strdup(writer->collector->arena, name->text) : NULL;
        for (char *c = lower; c && *c; c++)
            *c = (char)tolower((unsigned char)*c);
        if (lower && is_plain(lower))
            add_line(writer, item, "  capability %s,", lower);
    }
}

static void add_ptrace_rule(struct writer *writer, const struct node *ptrace)
{
    const char *peer = node_text_at(ptrace, "peer");
    AUTO_BUF struct buf access = BUF_INIT;
    for (const struct node *item = node_first(node_get(ptrace, "allowedAccess")); item; item = item->next)
        if (node_text(item) && is_plain(node_text(item)))
            buf_printf(&access, "%s%s", access.length ? " " : "", node_text(item));
    if (access.length == 0)
        return;
    if (peer && is_plain(peer))
        add_line(writer, ptrace, "  ptrace (%s) peer=\"%s\",", buf_text(&access), peer);
    else
        add_line(writer, ptrace, "  ptrace (%s),", buf_text(&access));
}

/* What the operator denies besides, in other words. */
static void add_denials(struct writer *writer, const struct node *where)
{
    add_line(writer, where, "  deny @{PROC}/[^0-9s]** w,");
    add_line(writer, where, "  deny @{PROC}/s[^y]** w,");
    add_line(writer, where, "  deny @{PROC}/sys/[^k]** w,");
    add_line(writer, where, "  deny @{PROC}/sys/kernel/{[^s],s[^h],sh[^m]}** w,");
    add_line(writer, where, "  deny @{PROC}/{sysrq-trigger,mem,kmem,kcore} rwklx,");
    add_line(writer, where, "  deny /sys/firmware/efi/efivars/** rwklx,");
}

static void add_profile(struct writer *writer, const char *name, const struct node *spec, const struct node *abstract)
{
    const struct node *complain = node_get(spec, "complainMode"), *mode = node_get(spec, "mode");
    bool complains = node_is_true(complain) || node_is_text(mode, "Complain");
    const struct node *head = complains ? (mode ? mode : complain) : abstract;
    add_line(writer, head, "profile \"%s\" flags=(%sattach_disconnected,mediate_deleted) {", name, complains ? "complain," : "");
    add_paths(writer, node_at(abstract, "executable.allowedExecutables"), "ixr", NULL);
    add_paths(writer, node_at(abstract, "executable.allowedLibraries"), "mr", NULL);
    add_paths(writer, node_at(abstract, "filesystem.readOnlyPaths"), "r", complains ? NULL : "wlk");
    add_paths(writer, node_at(abstract, "filesystem.writeOnlyPaths"), "wlk", complains ? NULL : "r");
    add_paths(writer, node_at(abstract, "filesystem.readWritePaths"), "rwlk", NULL);
    add_network(writer, node_get(abstract, "network"));
    add_capabilities(writer, node_at(abstract, "capability.allowedCapabilities"));
    add_ptrace_rule(writer, node_get(abstract, "ptrace"));
    if (!complains)
        add_denials(writer, abstract);
    add_line(writer, abstract, "}");
}

/* Each line has one statement, or the head of one. */
static void put_places(const struct writer *writer, const struct node *tree)
{
    struct node *node = (struct node *)(uintptr_t)tree; /* made by the reader, for us alone */
    const struct node *where = node->line > 0 && node->line <= writer->count ? node_origin(writer->places[node->line - 1]) : NULL;
    for (const struct node *entry = node_first(tree); entry; entry = entry->next)
        put_places(writer, entry);
    if (!where)
        return;
    node->origin = where;
    node->line = where->line;
    node->column = where->column;
    node->value_line = where->value_line;
    node->value_column = where->value_column;
}

static const struct node *read_abstract(struct collector *collector, const char *name, const struct node *spec, const char **ret_text)
{
    struct writer writer = {.collector = collector};
    struct err err = ERR_INIT;
    struct node *list = node_new_list(collector->arena, spec);
    const struct node *abstract = node_get(spec, "abstract");
    if (!is_plain(name)) {
        collector->miss(collector, abstract, "its name is none that a profile could have");
        return NULL;
    }
    add_profile(&writer, name, spec, abstract);
    *ret_text = arena_dup(collector->arena, buf_text(&writer.text), writer.text.length);
    int failed = apparmor_statements(collector->arena, name, *ret_text, writer.text.length, list, NULL, &err);
    buf_done(&writer.text);
    if (failed < 0)
        collector->miss(collector, abstract, "its profile is not read: %s", err.sentence);
    for (const struct node *one = node_first(list); one; one = one->next)
        put_places(&writer, one);
    return list;
}

const struct node *operator_apparmor_read(struct collector *collector, const char *name, const struct node *spec, const char **ret_text)
{
    const struct node *policy = node_get(spec, "policy"), *list = NULL;
    struct err err = ERR_INIT;
    if (node_is(node_get(spec, "abstract"), NODE_MAP))
        return read_abstract(collector, name, spec, ret_text);
    if (!node_is(policy, NODE_STRING))
        return NULL;
    if (embedded_apparmor(collector, policy, name, &list, &err) < 0)
        collector->miss(collector, policy, "its profile is not read: %s", err.sentence);
    *ret_text = policy->text;
    return list;
}
