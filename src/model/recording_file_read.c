#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/file.h"
#include "base/json_at.h"
#include "base/json_in.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/text.h"
#include "model/recording_file.h"
#include "model/recording_file_keys.h"
#include "model/recording_file_read.h"

int recording_read_string(const struct json_at *at, void *into)
{
    const char *text = NULL;
    size_t length = 0;
    int rc = json_at_text(at, &text, &length);
    if (rc < 0)
        return rc;
    struct recording *recording = at->source->context;
    uint32_t *string = into;
    if (!memchr(text, '\\', length)) {
        *string = recording_bytes(recording, text, length);
        return 0;
    }
    AUTO_BUF struct buf bytes = BUF_INIT;
    if (!text_unescape(&bytes, text, length))
        return json_at_error(at, "has a backslash that does not start \\xHH");
    *string = recording_bytes(recording, buf_text(&bytes), bytes.length);
    return 0;
}

int recording_read_value(const struct json_at *at, void *into)
{
    uint64_t *value = into;
    if (!json_is_string(at->value))
        return json_at_count(at, INT64_MAX, value);
    const char *text = NULL;
    int rc = json_at_text(at, &text, NULL);
    if (rc == 0 && (strncmp(text, "0x", 2) != 0 || !num_parse_u64(text, UINT64_MAX, value)))
        rc = json_at_error(at, "is neither a whole number nor \"0x…\"");
    return rc;
}

/* ---- runs and losses ------------------------------------------------------------------------ */

static int read_command(const struct json_at *at, void *into)
{
    struct run *run = into;
    if (!json_is_array(at->value))
        return json_at_error(at, "is not an array");
    run->command = mem_zero(json_array_size(at->value), sizeof(*run->command));
    int rc = 0;
    for (size_t i = 0; i < json_array_size(at->value) && rc == 0; i++) {
        struct json_at word = json_at_index(at, i);
        rc = recording_read_string(&word, &run->command[run->command_count++]);
    }
    return rc;
}

static int read_end(const struct json_at *at, void *into)
{
    const char *name = NULL;
    int rc = json_at_text(at, &name, NULL);
    if (rc < 0)
        return rc;
    enum run_end end = run_end_from_name(name);
    if (end == END_COUNT)
        return json_at_refuse(at, name, "is no way for a run to end");
    *(enum run_end *)into = end;
    return 0;
}

static int read_end_value(const struct json_at *at, void *into)
{
    uint64_t value = 0;
    int rc = json_at_count(at, INT_MAX, &value);
    if (rc == 0)
        *(int *)into = (int)value;
    return rc;
}

/* Resources describe a run and grant nothing, so a newer profgen may have more of them. */
static int read_resources(const struct json_at *at, void *into)
{
    int rc = json_at_object(at);
    for (const struct resource_key *key = recording_resource_keys; key->key && rc == 0; key++) {
        struct json_at inner = json_at_key(at, key->key);
        if (inner.value)
            rc = json_read_u64(&inner, resource_slot(into, key));
    }
    return rc;
}

static int read_run(const struct json_at *at, void *into)
{
    static const struct json_field fields[] = {
        {"command", read_command, 0, true},
        {"directory", recording_read_string, offsetof(struct run, directory), false},
        {"kernel", recording_read_string, offsetof(struct run, kernel), false},
        {"machine", recording_read_string, offsetof(struct run, machine), false},
        {"libc", recording_read_string, offsetof(struct run, libc), false},
        {"method", recording_read_string, offsetof(struct run, method), false},
        {"user_id", json_read_u32, offsetof(struct run, user_id), false},
        {"group_id", json_read_u32, offsetof(struct run, group_id), false},
        {"started", json_read_i64, offsetof(struct run, started), false},
        {"duration_ns", json_read_u64, offsetof(struct run, duration_ns), false},
        {"serving_ns", json_read_u64, offsetof(struct run, serving_ns), false},
        {"serving_sign", recording_read_string, offsetof(struct run, serving_sign), false},
        {"end", read_end, offsetof(struct run, end), true},
        {"end_value", read_end_value, offsetof(struct run, end_value), false},
        {"resources", read_resources, offsetof(struct run, resources), false},
        {0},
    };
    return json_at_fields(at, fields, JSON_UNKNOWN_IGNORED, recording_add_run(into));
}

static int read_runs(const struct json_at *at, void *into)
{
    return json_at_each(at, read_run, into);
}

struct loss_row {
    uint64_t run;
    enum loss_cause cause;
    uint64_t count;
    uint32_t example;
};

static int read_cause(const struct json_at *at, void *into)
{
    const char *name = NULL;
    int rc = json_at_text(at, &name, NULL);
    if (rc < 0)
        return rc;
    enum loss_cause cause = loss_cause_from_name(name);
    if (cause == LOSS_CAUSE_COUNT)
        return json_at_refuse(at, name, "is no known cause of a loss");
    *(enum loss_cause *)into = cause;
    return 0;
}

/* "meaning" is for people; the cause says it. */
static int read_meaning(const struct json_at *at, void *into)
{
    (void)into;
    const char *text;
    return json_at_text(at, &text, NULL);
}

static int read_loss(const struct json_at *at, void *into)
{
    static const struct json_field fields[] = {
        {"run", json_read_u64, offsetof(struct loss_row, run), true},
        {"cause", read_cause, offsetof(struct loss_row, cause), true},
        {"meaning", read_meaning, 0, false},
        {"count", json_read_u64, offsetof(struct loss_row, count), true},
        {"example", recording_read_string, offsetof(struct loss_row, example), false},
        {0},
    };
    struct recording *recording = into;
    struct loss_row row = {.example = STRING_NONE};
    int rc = json_at_fields(at, fields, JSON_UNKNOWN_REFUSED, &row);
    if (rc < 0)
        return rc;
    if (row.run >= recording->run_count)
        return json_at_error(at, "names a run that is not there");
    if (row.count == 0)
        return json_at_error(at, "counts nothing");
    struct loss *loss = &recording->runs[row.run].losses[row.cause];
    if (loss->count > 0)
        return json_at_error(at, "names the same run and cause a second time");
    *loss = (struct loss){.count = row.count, .example = row.example};
    return 0;
}

static int read_losses(const struct json_at *at, void *into)
{
    return json_at_each(at, read_loss, into);
}

/* ---- the whole ------------------------------------------------------------------------------------ */

static int read_schema(const struct json_at *at, void *into)
{
    (void)into;
    const char *schema = NULL;
    int rc = json_at_text(at, &schema, NULL);
    if (rc < 0)
        return rc;
    if (strcmp(schema, RECORDING_SCHEMA) != 0)
        return json_at_refuse(at, schema, "is not \"" RECORDING_SCHEMA "\", which this profgen reads");
    return 0;
}

/* Read last. A recording that calls itself complete and is not must not pass for one. */
static int read_complete(const struct json_at *at, void *into)
{
    bool complete = false;
    int rc = json_read_bool(at, &complete);
    if (rc < 0 || complete == recording_complete(into))
        return rc;
    return json_at_error(at, complete ? "says true, but there is a loss or a run that has not ended"
                                      : "says false, but there is no loss and every run has ended");
}

static int read_recording(const struct json_at *at, struct recording *recording)
{
    static const struct json_field fields[] = {
        {"schema", read_schema, 0, true},
        {"runs", read_runs, 0, true},
        {"losses", read_losses, 0, true},
        {"images", recording_read_images, 0, true},
        {"facts", recording_read_facts, 0, true},
        {"paths", recording_read_paths, 0, true},
        {"complete", read_complete, 0, true},
        {0},
    };
    if (!json_is_object(at->value) || !json_object_get(at->value, "schema"))
        return json_at_error(at, "is not a profgen recording: there is no \"schema\" in it");
    return json_at_fields(at, fields, JSON_UNKNOWN_REFUSED, recording);
}

int recording_parse(const char *name, const char *bytes, size_t length, struct recording **ret, struct err *err)
{
    if (length > RECORDING_BYTES_MAX)
        return err_set(err, -EFBIG, "%s: is larger than the %u bytes a recording may have", name,
                       RECORDING_BYTES_MAX);
    AUTO_JSON json_t *tree = NULL;
    int rc = json_in_parse(name, bytes, length, &tree, err);
    if (rc < 0)
        return rc;
    AUTO(recording_free_cleanup) struct recording *recording = recording_new();
    struct json_source source = {.name = name, .context = recording, .err = err};
    struct json_at at = json_at_top(&source, tree);
    rc = read_recording(&at, recording);
    if (rc == 0)
        *ret = TAKE(recording);
    return rc;
}

int recording_read(const char *path, struct recording **ret, struct err *err)
{
    AUTO_BUF struct buf bytes = BUF_INIT;
    int rc = file_read(path, RECORDING_BYTES_MAX, &bytes, err);
    if (rc < 0)
        return rc;
    return recording_parse(strcmp(path, "-") == 0 ? "standard input" : path, buf_text(&bytes), bytes.length, ret,
                           err);
}
