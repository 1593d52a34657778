#include <string.h>

#include "base/errno_name.h"
#include "model/recording.h"
#include "model/recording_file_read.h"

static int read_image_number(const struct json_at *at, void *into)
{
    const struct recording *recording = at->source->context;
    uint64_t number = 0;
    int rc = json_at_count(at, UINT32_MAX, &number);
    if (rc == 0 && number >= recording->image_count)
        rc = json_at_error(at, "names an image that is not there");
    if (rc == 0)
        *(uint32_t *)into = (uint32_t)number;
    return rc;
}

/* ---- facts ------------------------------------------------------------------------------------ */

static int read_fact_kind(const struct json_at *at, void *into)
{
    const char *name = NULL;
    int rc = json_at_text(at, &name, NULL);
    if (rc < 0)
        return rc;
    enum fact_kind kind = fact_kind_from_name(name);
    if (kind == FACT_KIND_COUNT)
        return json_at_refuse(at, name, "is no known kind of fact");
    *(enum fact_kind *)into = kind;
    return 0;
}

static int read_fact(const struct json_at *at, void *into)
{
    static const struct json_field fields[] = {
        {"kind", read_fact_kind, offsetof(struct fact, kind), true},
        {"image", read_image_number, offsetof(struct fact, image), true},
        {"subject", recording_read_string, offsetof(struct fact, subject), false},
        {"object", recording_read_string, offsetof(struct fact, object), false},
        {"note", recording_read_string, offsetof(struct fact, note), false},
        {"value", recording_read_value, offsetof(struct fact, value), false},
        {"startup", json_read_u64, offsetof(struct fact, count[PHASE_STARTUP]), true},
        {"serving", json_read_u64, offsetof(struct fact, count[PHASE_SERVING]), true},
        {0},
    };
    struct recording *recording = into;
    struct fact fact = {.subject = STRING_NONE, .object = STRING_NONE, .note = STRING_NONE};
    int rc = json_at_fields(at, fields, JSON_UNKNOWN_REFUSED, &fact);
    if (rc < 0)
        return rc;
    size_t before = recording->fact_count;
    for (unsigned phase = 0; phase < PHASE_COUNT; phase++)
        if (!recording_fact(recording, &fact, (enum phase)phase, fact.count[phase]))
            return json_at_error(at, "is one more than the %d facts of a kind that are kept", FACTS_PER_KIND_MAX);
    return recording->fact_count > before ? 0 : json_at_error(at, "is there a second time");
}

int recording_read_facts(const struct json_at *at, void *into)
{
    return json_at_each(at, read_fact, into);
}

/* ---- paths ------------------------------------------------------------------------------------ */

static int read_access(const struct json_at *at, void *into)
{
    const char *name = NULL;
    int rc = json_at_text(at, &name, NULL);
    if (rc < 0)
        return rc;
    access_mask access = access_from_name(name);
    if (access == 0)
        return json_at_refuse(at, name, "is no known access");
    *(access_mask *)into |= access;
    return 0;
}

static int read_accesses(const struct json_at *at, void *into)
{
    return json_at_each(at, read_access, into);
}

static int read_type(const struct json_at *at, void *into)
{
    const char *name = NULL;
    int rc = json_at_text(at, &name, NULL);
    if (rc < 0)
        return rc;
    enum file_type type = file_type_from_name(name);
    if (type == FILE_TYPE_COUNT)
        return json_at_refuse(at, name, "is no known file type");
    *(enum file_type *)into = type;
    return 0;
}

static int read_probe_error(const struct json_at *at, void *into)
{
    const char *name = NULL;
    int rc = json_at_text(at, &name, NULL);
    if (rc < 0)
        return rc;
    *(int *)into = errno_from_name(name);
    return *(int *)into ? 0 : json_at_refuse(at, name, "is no known error");
}

/* Absolute and without a trailing slash, as recording.h promises whoever builds rules from it. */
static int read_path_name(const struct json_at *at, void *into)
{
    int rc = recording_read_string(at, into);
    if (rc < 0)
        return rc;
    size_t length;
    const struct recording *recording = at->source->context;
    const char *path = intern_get(recording->strings, *(uint32_t *)into, &length);
    if (path[0] != '/')
        return json_at_error(at, "is not an absolute path");
    if (length > 1 && path[length - 1] == '/')
        return json_at_error(at, "ends with a slash");
    return 0;
}

static int read_path(const struct json_at *at, void *into)
{
    static const struct json_field fields[] = {
        {"path", read_path_name, offsetof(struct path_record, path), true},
        {"image", read_image_number, offsetof(struct path_record, image), true},
        {"type", read_type, offsetof(struct path_record, type), false},
        {"startup", read_accesses, offsetof(struct path_record, did[PHASE_STARTUP]), false},
        {"serving", read_accesses, offsetof(struct path_record, did[PHASE_SERVING]), false},
        {"probe_error", read_probe_error, offsetof(struct path_record, probe_error), false},
        {0},
    };
    struct recording *recording = into;
    struct path_record path = {0};
    int rc = json_at_fields(at, fields, JSON_UNKNOWN_REFUSED, &path);
    if (rc < 0)
        return rc;
    size_t before = recording->path_count;
    struct path_record *kept =
        recording_path(recording, path.path, path.image, PHASE_STARTUP, path.did[PHASE_STARTUP], path.type);
    if (!kept)
        return json_at_error(at, "is one more than the %d paths that are kept", RECORDING_PATHS_MAX);
    if (recording->path_count == before)
        return json_at_error(at, "names the same path and image a second time");
    kept->did[PHASE_SERVING] = path.did[PHASE_SERVING];
    kept->probe_error = path.probe_error;
    return 0;
}

int recording_read_paths(const struct json_at *at, void *into)
{
    return json_at_each(at, read_path, into);
}
