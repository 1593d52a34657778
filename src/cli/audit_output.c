#include "cli/audit_output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "cli/nearest.h"
#include "cli/report_file.h"

const char *const audit_output_names[] = {"text", "json", "sarif", "junit", "github", "markdown", NULL};

void audit_outputs_done(struct audit_outputs *outputs)
{
    for (size_t i = 0; i < outputs->count; i++)
        file_stage_done(&outputs->items[i].stage);
    free(outputs->items);
    *outputs = (struct audit_outputs){0};
}

static int refuse_format(const char *name, struct err *err)
{
    struct nearest nearest = nearest_init(name);
    AUTO_BUF struct buf all = BUF_INIT;
    for (const struct audit_report *report = audit_reports; report->name; report++) {
        nearest_offer(&nearest, report->name);
        buf_printf(&all, "%s%s", all.length > 0 ? ", " : "", report->name);
    }
    if (nearest.word)
        return err_set(err, -EINVAL, "there is no format '%s'; did you mean %s?", name, nearest.word);
    return err_set(err, -EINVAL, "there is no format '%s'; there are %s", name, buf_text(&all));
}

static void add(struct audit_outputs *outputs, const struct audit_report *report, const char *path)
{
    MEM_GROW(outputs->items, outputs->count, outputs->capacity);
    outputs->items[outputs->count++] = (struct audit_output){.report = report, .path = path};
}

int audit_outputs_add(struct audit_outputs *outputs, const char *format, struct err *err)
{
    size_t length = strcspn(format, "=");
    AUTO_FREE char *name = mem_dup(format, length);
    const struct audit_report *report = audit_report_find(name);
    const char *path = format[length] == '=' ? format + length + 1 : "-";
    if (!report)
        return refuse_format(name, err);
    if (!*path)
        return err_set(err, -EINVAL, "the file name behind '%s=' is empty", name);
    add(outputs, report, path);
    return 0;
}

static int write_report(void *self, int fd)
{
    const struct audit_output *output = self;
    AUTO_SINK struct sink sink = SINK_INIT(fd);
    output->report->write(output->result, &output->options, &sink);
    return sink_finish(&sink);
}

static int stage(struct audit_output *output, bool force, struct err *err)
{
    int failed = force ? 0 : report_file_check(output->path, err);
    if (failed == 0)
        failed = file_stage_filled(output->path, write_report, output, FILE_REPLACE, 0666, &output->stage, err);
    return failed < 0 ? failed : audit_result_check(output->result, err);
}

static int check_places(const struct audit_outputs *outputs, struct err *err)
{
    for (size_t i = 0; i < outputs->count; i++)
        for (size_t j = 0; j < i; j++)
            if (file_stage_same(&outputs->items[i].stage, &outputs->items[j].stage))
                return err_set(err, -EINVAL, "%s and %s would both be written to %s", outputs->items[j].report->name,
                               outputs->items[i].report->name,
                               outputs->items[i].stage.path ? outputs->items[i].path : "standard output");
    return 0;
}

int audit_outputs_write(struct audit_outputs *outputs, const struct audit_result *result,
                        const struct audit_report_options *options, bool force, struct err *err)
{
    int failed = 0;
    if (outputs->count == 0)
        add(outputs, audit_report_find("text"), "-");
    for (size_t i = 0; i < outputs->count && failed == 0; i++) {
        struct audit_output *output = &outputs->items[i];
        output->result = result;
        output->options = *options;
        output->options.color = options->color && strcmp(output->path, "-") == 0;
        failed = stage(output, force, err);
    }
    if (failed == 0)
        failed = check_places(outputs, err);
    for (size_t i = 0; i < outputs->count && failed == 0; i++)
        failed = file_commit(&outputs->items[i].stage, err);
    return failed < 0 ? failed : audit_result_check(result, err);
}
