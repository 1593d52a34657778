/* What to write into a manifest for it to fit the recording, so that it can be pasted. */
#include <string.h>

#include "audit/usage_maker.h"
#include "base/label.h"
#include "base/yaml_out.h"

static bool is_kubernetes(const struct usage_maker *maker)
{
    return strcmp(maker->container->format, "kubernetes") == 0;
}

static bool is_compose(const struct usage_maker *maker)
{
    return strcmp(maker->container->format, "compose") == 0;
}

/* ---- empty volumes ------------------------------------------------------------------------------------ */

/* As volumes are called. Of paths that make the same label the later ones get a number. */
static void add_volume_name(struct buf *out, const struct need_place *places, size_t index)
{
    enum { STEM_MAX = 58 };
    AUTO_FREE char *label = label_of(places[index].path, STEM_MAX, "empty");
    size_t alike = 0;
    for (size_t i = 0; i < index; i++) {
        AUTO_FREE char *other = label_of(places[i].path, STEM_MAX, "empty");
        alike += strcmp(other, label) == 0;
    }
    buf_add_text(out, label);
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
        yaml_out_scalar(out, places[i].path);
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
            yaml_out_scalar(&out, places[i].path);
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
