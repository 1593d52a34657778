#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/errno_name.h"
#include "base/json_out.h"
#include "base/mem.h"
#include "model/recording_file.h"
#include "model/recording_file_keys.h"
#include "model/syscall.h"

struct writer {
    struct json_out json;
    const struct recording *recording;
};

static void write_string(struct writer *writer, uint32_t string)
{
    size_t length = 0;
    const char *bytes = "";
    if (string != STRING_NONE)
        bytes = intern_get(writer->recording->strings, string, &length);
    json_out_bytes(&writer->json, bytes, length);
}

/* Nothing for STRING_NONE. */
static void write_key_string(struct writer *writer, const char *key, uint32_t string)
{
    if (string == STRING_NONE)
        return;
    json_out_key(&writer->json, key);
    write_string(writer, string);
}

/* Above 2^53 many JSON readers round. */
static void write_value(struct json_out *json, uint64_t value)
{
    char hex[24];
    if (value <= JSON_EXACT_MAX) {
        json_out_u64(json, value);
        return;
    }
    (void)snprintf(hex, sizeof(hex), "0x%" PRIx64, value);
    json_out_text(json, hex);
}

static void write_counts(struct json_out *json, const uint64_t count[PHASE_COUNT])
{
    for (unsigned phase = 0; phase < PHASE_COUNT; phase++)
        json_out_key_u64(json, recording_phase_keys[phase], count[phase]);
}

/* ---- runs and losses ------------------------------------------------------------------------ */

static void write_resources(struct json_out *json, const struct resources *resources)
{
    json_out_key(json, "resources");
    json_out_object(json);
    for (const struct resource_key *key = recording_resource_keys; key->key; key++)
        json_out_key_u64(json, key->key, *resource_slot((struct resources *)(uintptr_t)resources, key));
    json_out_end(json, '}');
}

static void write_run(struct writer *writer, const struct run *run)
{
    struct json_out *json = &writer->json;
    json_out_object(json);
    json_out_key(json, "command");
    json_out_inline_array(json);
    for (size_t i = 0; i < run->command_count; i++)
        write_string(writer, run->command[i]);
    json_out_end(json, ']');
    write_key_string(writer, "directory", run->directory);
    write_key_string(writer, "kernel", run->kernel);
    write_key_string(writer, "machine", run->machine);
    write_key_string(writer, "libc", run->libc);
    write_key_string(writer, "method", run->method);
    json_out_key_u64(json, "user_id", run->user_id);
    json_out_key_u64(json, "group_id", run->group_id);
    json_out_key(json, "started");
    json_out_i64(json, run->started);
    json_out_key_u64(json, "duration_ns", run->duration_ns);
    if (run->serving_ns != UINT64_MAX)
        json_out_key_u64(json, "serving_ns", run->serving_ns);
    write_key_string(writer, "serving_sign", run->serving_sign);
    json_out_key_text(json, "end", run_end_name(run->end));
    json_out_key(json, "end_value");
    json_out_i64(json, run->end_value);
    write_resources(json, &run->resources);
    json_out_end(json, '}');
}

static void write_losses_of(struct writer *writer, size_t number)
{
    struct json_out *json = &writer->json;
    for (unsigned cause = 0; cause < LOSS_CAUSE_COUNT; cause++) {
        const struct loss *loss = &writer->recording->runs[number].losses[cause];
        if (loss->count == 0)
            continue;
        json_out_object(json);
        json_out_key_u64(json, "run", number);
        json_out_key_text(json, "cause", loss_cause_name((enum loss_cause)cause));
        json_out_key_text(json, "meaning", loss_cause_sentence((enum loss_cause)cause));
        json_out_key_u64(json, "count", loss->count);
        write_key_string(writer, "example", loss->example);
        json_out_end(json, '}');
    }
}

/* ---- images and their calls ------------------------------------------------------------------- */

static void write_results(struct json_out *json, const struct call_record *call)
{
    json_out_key(json, "results");
    json_out_object(json);
    for (size_t i = 0; i < call->result_count; i++) {
        char name[ERRNO_NAME_MAX];
        const struct call_result *result = &call->results[i];
        json_out_key_u64(json, result->error == 0 ? RESULT_SUCCESS : errno_name(result->error, name),
                         result->count);
    }
    json_out_end(json, '}');
}

static void write_args(struct json_out *json, const struct call_record *call)
{
    json_out_key(json, "args");
    json_out_object(json);
    for (unsigned i = 0; i < ARRAY_COUNT(call->args); i++) {
        const struct arg_values *set = call->args[i];
        if (!set)
            continue;
        json_out_key(json, recording_arg_keys[i]);
        json_out_object(json);
        json_out_key(json, "values");
        json_out_array(json);
        for (uint32_t k = 0; k < set->count; k++)
            write_value(json, set->values[k]);
        json_out_end(json, ']');
        json_out_key_bool(json, "overflow", set->overflow);
        json_out_end(json, '}');
    }
    json_out_end(json, '}');
}

static void write_call(struct json_out *json, enum abi abi, const struct call_record *call)
{
    char name[SYSCALL_NAME_MAX];
    json_out_inline_object(json);
    json_out_key_text(json, "name", syscall_name(abi, call->number, name));
    json_out_key_u64(json, "number", call->number);
    write_counts(json, call->count);
    json_out_key_u64(json, "first_ns", call->first_ns);
    json_out_key_u64(json, "results_seen", call->results_seen);
    write_results(json, call);
    write_args(json, call);
    json_out_end(json, '}');
}

static void write_call_table(struct json_out *json, enum abi abi, const struct call_table *table)
{
    bool open = false;
    for (size_t i = 0; i < table->dense_count + table->stray_count; i++) {
        const struct call_record *call =
            i < table->dense_count ? table->dense[i] : table->stray[i - table->dense_count];
        if (!call)
            continue;
        if (!open) {
            json_out_key(json, arch_get(abi)->name);
            json_out_array(json);
            open = true;
        }
        write_call(json, abi, call);
    }
    if (open)
        json_out_end(json, ']');
}

static void write_image(struct writer *writer, const struct image *image)
{
    struct json_out *json = &writer->json;
    json_out_object(json);
    json_out_key(json, "path");
    write_string(writer, image->path);
    write_key_string(writer, "interpreter", image->interpreter);
    write_key_string(writer, "script", image->script);
    json_out_key_u64(json, "execs", image->execs);
    json_out_key_u64(json, "processes", image->processes);
    json_out_key(json, "syscalls");
    json_out_object(json);
    for (unsigned abi = 0; abi < ABI_COUNT; abi++)
        write_call_table(json, (enum abi)abi, &image->calls[abi]);
    json_out_end(json, '}');
    json_out_end(json, '}');
}

/* ---- facts and paths ---------------------------------------------------------------------------- */

static void write_fact(struct writer *writer, const struct fact *fact)
{
    struct json_out *json = &writer->json;
    json_out_inline_object(json);
    json_out_key_text(json, "kind", fact_kind_name(fact->kind));
    json_out_key_u64(json, "image", fact->image);
    write_key_string(writer, "subject", fact->subject);
    write_key_string(writer, "object", fact->object);
    write_key_string(writer, "note", fact->note);
    json_out_key(json, "value");
    write_value(json, fact->value);
    write_counts(json, fact->count);
    json_out_end(json, '}');
}

static void write_path(struct writer *writer, const struct path_record *path)
{
    struct json_out *json = &writer->json;
    json_out_inline_object(json);
    json_out_key(json, "path");
    write_string(writer, path->path);
    json_out_key_u64(json, "image", path->image);
    if (path->type != FILE_UNKNOWN)
        json_out_key_text(json, "type", file_type_name(path->type));
    for (unsigned phase = 0; phase < PHASE_COUNT; phase++) {
        if (path->did[phase] == 0)
            continue;
        json_out_key(json, recording_phase_keys[phase]);
        json_out_array(json);
        for (unsigned bit = 0; bit < ACCESS_BITS; bit++)
            if (path->did[phase] & (access_mask)1 << bit)
                json_out_text(json, access_name(bit));
        json_out_end(json, ']');
    }
    char error[ERRNO_NAME_MAX];
    if (path->probe_error)
        json_out_key_text(json, "probe_error", errno_name(path->probe_error, error));
    json_out_end(json, '}');
}

static void open_array(struct json_out *json, const char *key)
{
    json_out_key(json, key);
    json_out_array(json);
}

void recording_write(const struct recording *recording, struct buf *out)
{
    struct writer writer = {.recording = recording};
    struct json_out *json = &writer.json;
    json_out_init(json, out);
    json_out_object(json);
    json_out_key_text(json, "schema", RECORDING_SCHEMA);
    json_out_key_bool(json, "complete", recording_complete(recording));
    open_array(json, "losses");
    for (size_t i = 0; i < recording->run_count; i++)
        write_losses_of(&writer, i);
    json_out_end(json, ']');
    open_array(json, "runs");
    for (size_t i = 0; i < recording->run_count; i++)
        write_run(&writer, &recording->runs[i]);
    json_out_end(json, ']');
    open_array(json, "images");
    for (size_t i = 0; i < recording->image_count; i++)
        write_image(&writer, &recording->images[i]);
    json_out_end(json, ']');
    open_array(json, "facts");
    for (size_t i = 0; i < recording->fact_count; i++)
        write_fact(&writer, &recording->facts[i]);
    json_out_end(json, ']');
    open_array(json, "paths");
    for (size_t i = 0; i < recording->path_count; i++)
        write_path(&writer, &recording->paths[i]);
    json_out_end(json, ']');
    json_out_end(json, '}');
}
