/* Denials of either kind of profile, as facts tell them. */
#include <string.h>

#include "audit/usage_maker.h"
#include "model/denials.h"

const char *usage_engine(const struct usage_maker *maker)
{
    const char *format = maker->container->format;
    if (strcmp(format, "kubernetes") == 0)
        return "containerd";
    if (strcmp(format, "inspect") == 0)
        return strcmp(maker->container->names.kind, "podman container") == 0 ? "podman" : "docker";
    return strcmp(format, "compose") == 0 ? "docker" : NULL;
}

static enum phase denial_phase(const struct denial *denial)
{
    return denial->in[PHASE_STARTUP] || denial->count[PHASE_STARTUP] > 0 ? PHASE_STARTUP : PHASE_SERVING;
}

struct need_evidence usage_denial_evidence(const struct usage_maker *maker, const struct denial *denial, const char *what)
{
    const struct recording *recording = maker->recording->recording;
    bool known = denial->image < recording->image_count;
    const struct image *image = known ? &recording->images[denial->image] : NULL;
    return (struct need_evidence){
        .what = what,
        .image = image ? recording_text(recording, image->script != STRING_NONE ? image->script : image->path) : NULL,
        .phase = denial_phase(denial),
        .count = denial->count[PHASE_STARTUP] + denial->count[PHASE_SERVING],
    };
}

bool usage_is_listed(const struct node *list, const char *key, const char *text)
{
    for (const struct node *item = node_first(list); item; item = item->next)
        if (node_is_text(node_get(item, key), text))
            return true;
    return false;
}
