#include <string.h>

#include "base/errno_name.h"
#include "base/mem.h"
#include "model/recording.h"
#include "model/recording_file_keys.h"
#include "model/recording_file_read.h"
#include "model/syscall.h"

/* ---- arguments ------------------------------------------------------------------------------ */

static int read_arg_value(const struct json_at *at, void *into)
{
    struct arg_values *set = into;
    if (set->count == ARG_VALUES_MAX)
        return json_at_error(at, "is one more than the %d values that are kept", ARG_VALUES_MAX);
    uint64_t value = 0;
    int rc = recording_read_value(at, &value);
    if (rc < 0)
        return rc;
    if (set->count > 0 && value <= set->values[set->count - 1])
        return json_at_error(at, "is not above the value before it");
    set->values[set->count++] = value;
    return 0;
}

static int read_arg_values(const struct json_at *at, void *into)
{
    return json_at_each(at, read_arg_value, into);
}

static int read_args(const struct json_at *at, void *into)
{
    static const struct json_field fields[] = {
        {"values", read_arg_values, 0, true},
        {"overflow", json_read_bool, offsetof(struct arg_values, overflow), true},
        {0},
    };
    struct call_record *call = into;
    int rc = json_at_object(at);
    if (rc == 0)
        rc = json_at_only_keys(at, recording_arg_keys);
    for (unsigned i = 0; i < ARRAY_COUNT(call->args) && rc == 0; i++) {
        struct json_at arg = json_at_key(at, recording_arg_keys[i]);
        if (!arg.value)
            continue;
        call->args[i] = mem_zero(1, sizeof(struct arg_values));
        rc = json_at_fields(&arg, fields, JSON_UNKNOWN_REFUSED, call->args[i]);
    }
    return rc;
}

/* ---- results -------------------------------------------------------------------------------- */

static int read_results(const struct json_at *at, void *into)
{
    int rc = json_at_object(at);
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)(uintptr_t)at->value, key, value) {
        int error = errno_from_name(key);
        if (error == 0 && strcmp(key, RESULT_SUCCESS) != 0)
            return json_at_refuse(at, key, "is no known error");
        struct json_at inner = json_at_key(at, key);
        uint64_t count = 0;
        rc = json_at_count(&inner, INT64_MAX, &count);
        if (rc < 0)
            return rc;
        call_record_result(into, error, count);
    }
    return rc;
}

/* ---- calls ---------------------------------------------------------------------------------- */

/* The table of one ABI being filled. */
struct call_reader {
    struct recording *recording;
    uint32_t image;
    enum abi abi;
    int64_t last_number;
};

/* Finds the record that name and number agree on. */
static int read_identity(const struct json_at *at, struct call_reader *reader, struct call_record **ret)
{
    struct json_at name_at = json_at_key(at, "name");
    struct json_at number_at = json_at_key(at, "number");
    const char *name = NULL;
    uint64_t number = 0;
    int rc = json_at_text(&name_at, &name, NULL);
    if (rc == 0)
        rc = json_at_count(&number_at, UINT32_MAX, &number);
    if (rc < 0)
        return rc;
    char known[SYSCALL_NAME_MAX];
    char quoted[JSON_QUOTE_MAX];
    const char *expected = syscall_name(reader->abi, number, known);
    /* syscall_NUMBER stands for a call that the writer's table did not have yet. */
    char unnamed[SYSCALL_NAME_MAX];
    (void)snprintf(unnamed, sizeof(unnamed), "syscall_%llu", (unsigned long long)number);
    if (strcmp(name, expected) != 0 && strcmp(name, unnamed) != 0)
        return json_at_error(at, "system call %s is not number %llu of %s; that is %s", json_quote(name, quoted),
                             (unsigned long long)number, arch_get(reader->abi)->name, expected);
    if ((int64_t)number <= reader->last_number)
        return json_at_error(at, "number %llu is not above the number before it", (unsigned long long)number);
    reader->last_number = (int64_t)number;
    *ret = recording_call(reader->recording, reader->image, reader->abi, number);
    return *ret ? 0 : json_at_error(at, "is one more than the %d invented numbers that are kept", CALL_STRAY_MAX);
}

/* Read before by read_identity. */
static int skip(const struct json_at *at, void *into)
{
    (void)at;
    (void)into;
    return 0;
}

static int check_results_seen(const struct json_at *at, void *into)
{
    const struct call_record *call = into;
    uint64_t seen = 0;
    int rc = json_at_count(at, INT64_MAX, &seen);
    if (rc == 0 && seen != call->results_seen)
        rc = json_at_error(at, "is not the sum of \"results\"");
    return rc;
}

static int read_call(const struct json_at *at, void *into)
{
    static const struct json_field fields[] = {
        {"name", skip, 0, true},
        {"number", skip, 0, true},
        {"startup", json_read_u64, offsetof(struct call_record, count[PHASE_STARTUP]), true},
        {"serving", json_read_u64, offsetof(struct call_record, count[PHASE_SERVING]), true},
        {"first_ns", json_read_u64, offsetof(struct call_record, first_ns), true},
        {"results", read_results, 0, true},
        {"results_seen", check_results_seen, 0, true},
        {"args", read_args, 0, true},
        {0},
    };
    struct call_record *call = NULL;
    int rc = json_at_object(at);
    if (rc == 0)
        rc = read_identity(at, into, &call);
    return rc < 0 ? rc : json_at_fields(at, fields, JSON_UNKNOWN_REFUSED, call);
}

static int read_call_tables(const struct json_at *at, struct recording *recording, uint32_t image)
{
    const char *names[ABI_COUNT + 1] = {NULL};
    for (unsigned abi = 0; abi < ABI_COUNT; abi++)
        names[abi] = arch_get((enum abi)abi)->name;
    int rc = json_at_object(at);
    if (rc == 0)
        rc = json_at_only_keys(at, names);
    for (unsigned abi = 0; abi < ABI_COUNT && rc == 0; abi++) {
        struct json_at table = json_at_key(at, names[abi]);
        struct call_reader reader = {
            .recording = recording, .image = image, .abi = (enum abi)abi, .last_number = -1};
        if (table.value)
            rc = json_at_each(&table, read_call, &reader);
    }
    return rc;
}

/* ---- images --------------------------------------------------------------------------------- */

struct image_row {
    uint32_t path;
    uint32_t interpreter;
    uint32_t script;
    uint64_t execs;
    uint64_t processes;
};

static int read_image(const struct json_at *at, void *into)
{
    static const struct json_field fields[] = {
        {"path", recording_read_string, offsetof(struct image_row, path), true},
        {"interpreter", recording_read_string, offsetof(struct image_row, interpreter), false},
        {"script", recording_read_string, offsetof(struct image_row, script), false},
        {"execs", json_read_u64, offsetof(struct image_row, execs), true},
        {"processes", json_read_u64, offsetof(struct image_row, processes), true},
        {"syscalls", skip, 0, true},
        {0},
    };
    struct recording *recording = into;
    struct image_row row = {.interpreter = STRING_NONE, .script = STRING_NONE};
    int rc = json_at_fields(at, fields, JSON_UNKNOWN_REFUSED, &row);
    if (rc < 0)
        return rc;
    size_t before = recording->image_count;
    uint32_t number = recording_image(recording, row.path, row.interpreter, row.script);
    if (number == IMAGE_NONE)
        return json_at_error(at, "is one more than the %d images that are kept", RECORDING_IMAGES_MAX);
    if (recording->image_count == before)
        return json_at_error(at, "is there a second time");
    recording->images[number].execs = row.execs;
    recording->images[number].processes = row.processes;
    struct json_at calls = json_at_key(at, "syscalls");
    return read_call_tables(&calls, recording, number);
}

int recording_read_images(const struct json_at *at, void *into)
{
    return json_at_each(at, read_image, into);
}
