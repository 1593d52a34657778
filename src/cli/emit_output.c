#include "cli/emit_output.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/nearest.h"
#include "model/provenance.h"

/* More than any artefact has: a bigger file is not one. */
#define ARTEFACT_BYTES_MAX (64u << 20)

void emit_outputs_done(struct emit_outputs *outputs)
{
    for (size_t i = 0; i < outputs->count; i++) {
        file_stage_done(&outputs->items[i].stage);
        buf_done(&outputs->items[i].bytes);
    }
    free(outputs->items);
}

static int find_emitter(const char *name, size_t length, const struct emitter **ret, struct err *err)
{
    AUTO_FREE char *copy = mem_dup(name, length);
    struct nearest nearest = nearest_init(copy);
    *ret = emitter_by_name(copy);
    if (*ret)
        return 0;
    AUTO_BUF struct buf all = BUF_INIT;
    for (size_t i = 0; i < emitter_count; i++) {
        nearest_offer(&nearest, emitters[i].name);
        buf_printf(&all, "%s%s", i ? ", " : "", emitters[i].name);
    }
    if (nearest.word)
        return err_set(err, -EINVAL, "there is no format '%s'; did you mean %s?", copy, nearest.word);
    return err_set(err, -EINVAL, "there is no format '%s'; there are %s", copy, buf_text(&all));
}

int emit_outputs_add(struct emit_outputs *outputs, const char *format, const char *path, struct err *err)
{
    const struct emitter *emitter = NULL;
    size_t length = strcspn(format, "=");
    int result = find_emitter(format, length, &emitter, err);
    if (result < 0)
        return result;
    if (!path && format[length] == '=')
        path = format + length + 1;
    if (path && !*path)
        return err_set(err, -EINVAL, "the file name behind '%s=' is empty", emitter->name);
    MEM_GROW(outputs->items, outputs->count, outputs->capacity);
    outputs->items[outputs->count++] =
        (struct emit_output){.emitter = emitter, .path = path ? path : emitter->file_name};
    return 0;
}

unsigned emit_outputs_needs(const struct emit_outputs *outputs)
{
    unsigned needs = 0;
    for (size_t i = 0; i < outputs->count; i++)
        needs |= outputs->items[i].emitter->needs;
    return needs;
}

int emit_outputs_make(struct emit_outputs *outputs, const struct emit_input *input, struct err *err)
{
    for (size_t i = 0; i < outputs->count; i++) {
        struct emit_output *output = &outputs->items[i];
        int result = output->emitter->emit(input, &output->bytes, err);
        if (result < 0)
            return result;
        /* A format of mere bytes has no place for a mark. */
        (void)provenance_stamp(&output->bytes);
    }
    return 0;
}

/* ---- writing ------------------------------------------------------------------------------------ */

/* Whether what is at the path may be replaced without asking. */
static int look_before(const struct emit_output *output, struct err *err)
{
    struct stat st;
    if (strcmp(output->path, "-") == 0 || stat(output->path, &st) < 0 || !S_ISREG(st.st_mode))
        return 0;
    AUTO_BUF struct buf present = BUF_INIT;
    struct err reason = ERR_INIT;
    enum provenance_state state = PROVENANCE_NONE;
    if (file_read(output->path, ARTEFACT_BYTES_MAX, &present, &reason) == 0)
        state = provenance_state(present.data, present.length);
    bool same = present.length == output->bytes.length &&
                (present.length == 0 || memcmp(present.data, output->bytes.data, present.length) == 0);
    if (same || state == PROVENANCE_INTACT)
        return 0;
    return err_set(err, -EEXIST, "%s %s; use --force to replace it", output->path,
                   state == PROVENANCE_CHANGED ? "was changed since profgen wrote it"
                                               : "exists already and is not known to come from profgen");
}

static int stage(struct emit_outputs *outputs, bool force, struct err *err)
{
    for (size_t i = 0; i < outputs->count; i++) {
        struct emit_output *output = &outputs->items[i];
        int result = force ? 0 : look_before(output, err);
        if (result == 0)
            result = file_stage(output->path, output->bytes.data, output->bytes.length, FILE_REPLACE, 0666,
                                &output->stage, err);
        if (result < 0)
            return result;
        for (size_t j = 0; j < i; j++)
            if (file_stage_same(&outputs->items[j].stage, &output->stage))
                return err_set(err, -EINVAL, "%s and %s would both be written to %s", outputs->items[j].emitter->name,
                               output->emitter->name,
                               output->stage.path ? output->path : "standard output");
    }
    return 0;
}

int emit_outputs_write(struct emit_outputs *outputs, bool force, struct err *err)
{
    int result = stage(outputs, force, err);
    for (size_t i = 0; i < outputs->count && result == 0; i++)
        result = file_commit(&outputs->items[i].stage, err);
    return result;
}
