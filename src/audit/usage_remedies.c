/* What to write into a manifest for it to fit the recording, so that it can be pasted. */
#include <ctype.h>
#include <string.h>

#include "audit/usage_maker.h"
#include "base/text.h"

static bool is_kubernetes(const struct usage_maker *maker)
{
    return strcmp(maker->container->format, "kubernetes") == 0;
}

static bool is_compose(const struct usage_maker *maker)
{
    return strcmp(maker->container->format, "compose") == 0;
}

/* ---- empty volumes ------------------------------------------------------------------------------------ */

/* As a flow scalar: quoted, with what YAML would take for more than text escaped. */
static void add_scalar(struct buf *out, const char *text)
{
    bool plain = true;
    for (const char *at = text; *at; at++)
        plain = plain && (isalnum((unsigned char)*at) || strchr("/._-", *at));
    if (plain) {
        buf_add_text(out, text);
        return;
    }
    AUTO_BUF struct buf escaped = BUF_INIT;
    text_escape(&escaped, text, strlen(text));
    buf_add_char(out, '"');
    for (const char *at = buf_text(&escaped); *at; at++)
        buf_printf(out, "%s%c", *at == '"' ? "\\" : "", *at);
    buf_add_char(out, '"');
}

/* "var-cache-nginx" of /var/cache/nginx: a DNS label, which may have 63 characters, with room for a number. */
static void add_label(struct buf *out, const char *path)
{
    enum { LABEL_MAX = 58 };
    size_t start = out->length;
    for (const char *at = path; *at && out->length < start + LABEL_MAX; at++)
        if (isalnum((unsigned char)*at))
            buf_add_char(out, (char)tolower((unsigned char)*at));
        else if (out->length > start && out->data[out->length - 1] != '-')
            buf_add_char(out, '-');
    while (out->length > start && out->data[out->length - 1] == '-')
        out->data[--out->length] = '\0';
    if (out->length == start)
        buf_add_text(out, "empty");
}

/* As volumes are called. Of paths that make the same label the later ones get a number. */
static void add_volume_name(struct buf *out, const struct need_place *places, size_t index)
{
    AUTO_BUF struct buf label = BUF_INIT;
    size_t alike = 0;
    add_label(&label, places[index].path);
    for (size_t i = 0; i < index; i++) {
        AUTO_BUF struct buf other = BUF_INIT;
        add_label(&other, places[i].path);
        alike += strcmp(buf_text(&other), buf_text(&label)) == 0;
    }
    buf_add_text(out, buf_text(&label));
    if (alike > 0)
        buf_printf(out, "-%zu", alike + 1);
}

static void add_volumes(struct buf *out, const struct need_place *places, size_t count)
{
    buf_add_text(out, "volumeMounts:");
    for (size_t i = 0; i < count; i++) {
        buf_add_text(out, "\n  - {name: ");
        add_volume_name(out, places, i);
        buf_add_text(out, ", mountPath: ");
        add_scalar(out, places[i].path);
        buf_add_char(out, '}');
    }
    buf_add_text(out, "\nvolumes:   # of the pod");
    for (size_t i = 0; i < count; i++) {
        buf_add_text(out, "\n  - {name: ");
        add_volume_name(out, places, i);
        buf_add_text(out, ", emptyDir: {}}");
    }
}

const char *usage_mount_remedy(const struct usage_maker *maker, const struct need_place *places, size_t count, bool read_only)
{
    AUTO_BUF struct buf out = BUF_INIT;
    if (is_kubernetes(maker)) {
        buf_add_text(&out, read_only ? "securityContext:\n  readOnlyRootFilesystem: true" : "");
        buf_add_text(&out, read_only && count > 0 ? "\n" : "");
        if (count > 0)
            add_volumes(&out, places, count);
    } else if (is_compose(maker)) {
        buf_add_text(&out, read_only ? "read_only: true" : "");
        buf_add_text(&out, read_only && count > 0 ? "\n" : "");
        buf_add_text(&out, count > 0 ? "tmpfs:" : "");
        for (size_t i = 0; i < count; i++) {
            buf_add_text(&out, "\n  - ");
            add_scalar(&out, places[i].path);
        }
    }
    return out.length > 0 ? arena_strdup(maker->arena, buf_text(&out)) : NULL;
}

/* ---- the others ------------------------------------------------------------------------------------------ */

static const char *capabilities_remedy(const struct usage_maker *maker)
{
    AUTO_BUF struct buf list = BUF_INIT;
    for (const struct node *name = node_first(node_get(maker->used, "capabilities")); name; name = name->next)
        buf_printf(&list, "%s%s", list.length > 0 ? ", " : "", node_text(name));
    bool none = list.length == 0;
    if (is_kubernetes(maker))
        return arena_printf(maker->arena, "securityContext:\n  capabilities:\n    drop: [ALL]%s%s%s", none ? "" : "\n    add: [",
                            buf_text(&list), none ? "" : "]");
    if (is_compose(maker))
        return arena_printf(maker->arena, "cap_drop: [ALL]%s%s%s", none ? "" : "\ncap_add: [", buf_text(&list), none ? "" : "]");
    return NULL;
}

static const char *user_remedy(const struct usage_maker *maker)
{
    const struct need_user *user = &maker->needs->user;
    if (!user->known || user->root)
        return NULL;
    if (is_kubernetes(maker))
        return arena_printf(maker->arena, "securityContext:\n  runAsNonRoot: true\n  runAsUser: %u\n  runAsGroup: %u", user->id,
                            user->group);
    return is_compose(maker) ? arena_printf(maker->arena, "user: \"%u:%u\"", user->id, user->group) : NULL;
}

static const char *memory_remedy(const struct usage_maker *maker)
{
    const struct advice_limits *limits = &maker->needs->limits;
    unsigned long long request = limits->memory_request_mib;
    unsigned long long limit = limits->memory_limit_mib;
    if (limit == 0)
        return NULL;
    if (is_kubernetes(maker))
        return arena_printf(maker->arena, "resources:\n  requests: {memory: %lluMi}\n  limits: {memory: %lluMi}", request, limit);
    return is_compose(maker) ? arena_printf(maker->arena, "mem_limit: %llum", limit) : NULL;
}

void usage_put_remedies(const struct usage_maker *maker)
{
    AUTO_NEED_PLACES struct need_places places = {0};
    workload_needs_places(maker->needs, &maker->mounts, &places);
    const struct {
        const char *key;
        const char *text;
    } remedies[] = {
        {"capabilities", capabilities_remedy(maker)},
        {"read_only_root", places.mountable ? usage_mount_remedy(maker, places.items, places.count, true) : NULL},
        {"user", user_remedy(maker)},
        {"memory", memory_remedy(maker)},
    };
    struct node *map = node_new_map(maker->arena, NULL);
    node_put(maker->arena, maker->used, "remedies", map);
    for (size_t i = 0; i < ARRAY_COUNT(remedies); i++)
        if (remedies[i].text)
            usage_put_text(maker, map, remedies[i].key, remedies[i].text);
}
