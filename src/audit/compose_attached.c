/* What a service is given of its host: volumes, tmpfs, devices. */
#include <ctype.h>
#include <string.h>

#include "audit/compose.h"
#include "audit/docker_facts.h"

/* The length up to the next colon that stands in no ${…}. */
static size_t colon_span(const char *text)
{
    size_t depth = 0, length = 0;
    for (; text[length] && (depth > 0 || text[length] != ':'); length++) {
        if (text[length] == '$' && text[length + 1] == '{')
            depth++;
        else if (text[length] == '}' && depth > 0)
            depth--;
    }
    return length;
}

size_t compose_split(struct arena *arena, const char *text, size_t max, const char **ret)
{
    size_t count = 0;
    while (count < max) {
        size_t length = count + 1 < max ? colon_span(text) : strlen(text);
        /* A single letter is a drive of Windows: "C:\data". */
        if (length == 1 && isalpha((unsigned char)text[0]) && text[1] == ':' && count + 1 < max)
            length += 1 + colon_span(text + 2);
        ret[count++] = arena_dup(arena, text, length);
        text += length;
        if (*text++ != ':')
            break;
    }
    return count;
}

struct compose_volume compose_volume_split(struct arena *arena, const char *text)
{
    const char *parts[3] = {NULL, NULL, NULL};
    size_t count = compose_split(arena, text, 3, parts);
    if (count == 1)
        return (struct compose_volume){.target = parts[0]};
    return (struct compose_volume){.source = parts[0], .target = parts[1], .options = parts[2]};
}

/* ---- volumes ------------------------------------------------------------------------------------------------- */

/* A path rather than a volume's name. A variable that nobody knows is taken for one: so it is mostly used. */
static bool is_host_path(const char *source)
{
    return strchr("/.~$\\", source[0]) || (isalpha((unsigned char)source[0]) && source[1] == ':');
}

static bool has_word(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (; *list; list += *list == ',') {
        if (strncmp(list, word, length) == 0 && (list[length] == ',' || list[length] == '\0'))
            return true;
        list += strcspn(list, ",");
    }
    return false;
}

/* The host's directory that a named volume of the local driver stands for. */
static const char *volume_directory(struct compose_reader *reader, const struct compose_project *project,
                                    const char *name)
{
    if (!compose_spend(reader, node_count(project->volumes)))
        return NULL;
    const struct node *options = compose_get(node_get(project->volumes, name), "driver_opts");
    const char *how = node_text(compose_get(options, "o"));
    bool bound = how && (has_word(how, "bind") || has_word(how, "rbind"));
    return bound ? node_text(compose_get(options, "device")) : NULL;
}

static void finish(struct compose_reader *reader, const struct compose_project *project, struct docker_mount *mount)
{
    if (!mount->source)
        return;
    if (strcmp(mount->kind, "bind") == 0)
        mount->host = mount->source;
    else if (strcmp(mount->kind, "volume") == 0)
        mount->host = volume_directory(reader, project, mount->source);
    mount->volume = strcmp(mount->kind, "bind") == 0 ? NULL : mount->source;
}

static void put_short(struct compose_reader *reader, const struct compose_project *project, struct node *facts,
                      const struct node *item)
{
    struct arena *arena = reader->arena;
    struct compose_volume volume = compose_volume_split(arena, node_text(item));
    struct docker_mount mount = {.kind = "volume"};
    docker_mount_options(arena, volume.options ? volume.options : "", &mount);
    mount.source = volume.source;
    mount.target = volume.target;
    if (volume.source && is_host_path(volume.source))
        mount.kind = "bind";
    finish(reader, project, &mount);
    docker_put_mount(arena, facts, &mount, item);
}

static void put_long(struct compose_reader *reader, const struct compose_project *project, struct node *facts,
                     const struct node *item)
{
    struct arena *arena = reader->arena;
    const char *kind = node_text(compose_get(item, "type"));
    const char *size = node_text(compose_get(item, "tmpfs.size"));
    struct docker_mount mount = {
        .kind = kind ? kind : "volume",
        .source = node_text(compose_get(item, "source")),
        .target = node_text(compose_get(item, "target")),
        .propagation = node_text(compose_get(item, "bind.propagation")),
        .options = size ? arena_printf(arena, "size=%s", size) : NULL,
    };
    (void)docker_bool(compose_get(item, "read_only"), &mount.read_only);
    finish(reader, project, &mount);
    docker_put_mount(arena, facts, &mount, item);
}

static void put_volumes(struct compose_reader *reader, const struct compose_project *project, struct node *facts,
                        const struct node *service)
{
    for (const struct node *item = node_first(compose_get(service, "volumes")); item; item = item->next) {
        if (node_text(item))
            put_short(reader, project, facts, item);
        else if (node_is(item, NODE_MAP))
            put_long(reader, project, facts, item);
    }
    const struct node *tmpfs = compose_get(service, "tmpfs");
    if (node_text(tmpfs))
        docker_put_tmpfs(reader->arena, facts, node_text(tmpfs), NULL, tmpfs);
    for (const struct node *item = node_first(tmpfs); item; item = item->next)
        if (node_text(item))
            docker_put_tmpfs(reader->arena, facts, node_text(item), NULL, item);
}

/* ---- devices ------------------------------------------------------------------------------------------------- */

static void put_device(struct arena *arena, struct node *facts, const struct node *item)
{
    if (node_text(item))
        return docker_put_device(arena, facts, item);
    if (!node_is(item, NODE_MAP))
        return;
    struct node *device = node_new_map(arena, item);
    docker_put_text(arena, device, "source", compose_get(item, "source"));
    docker_put_text(arena, device, "target", compose_get(item, "target"));
    docker_put_text(arena, device, "permissions", compose_get(item, "permissions"));
    node_append(docker_list_at(arena, facts, "devices", item), device);
}

static void put_request(struct arena *arena, struct node *facts, const struct node *item)
{
    docker_put_device_request(arena, facts, compose_get(item, "count"), compose_get(item, "device_ids"), item);
}

static void put_devices(struct arena *arena, struct node *facts, const struct node *service)
{
    const struct node *gpus = compose_get(service, "gpus");
    const struct node *reserved = compose_get(service, "deploy.resources.reservations.devices");
    for (const struct node *item = node_first(compose_get(service, "devices")); item; item = item->next)
        put_device(arena, facts, item);
    if (node_text(gpus))
        docker_put_device_request(arena, facts, gpus, NULL, gpus);
    for (const struct node *item = node_first(gpus); item; item = item->next)
        put_request(arena, facts, item);
    for (const struct node *item = node_first(reserved); item; item = item->next)
        put_request(arena, facts, item);
}

void compose_put_attached(struct compose_reader *reader, const struct compose_project *project, struct node *facts,
                          const struct node *service)
{
    put_volumes(reader, project, facts, service);
    put_devices(reader->arena, facts, service);
}
