/* profgen verify --log: what audit and kernel logs say was denied, and what profiles have to do with it. */
#include <string.h>

#include "base/file.h"
#include "cli/command.h"
#include "cli/recordings.h"
#include "cli/verify.h"
#include "model/audit_log.h"
#include "model/log_review.h"
#include "model/recording_file.h"
#include "report/log_report.h"

static void write_text(const void *report, const struct sheet *sheet)
{
    log_text(report, sheet);
}

static void write_json(const void *report, struct buf *out)
{
    log_json(report, out);
}

static int save(const struct verify *self, const struct audit_log *log, struct err *err)
{
    AUTO_BUF struct buf bytes = BUF_INIT;
    size_t left = 0;
    const char *name = strcmp(self->logs[0], "-") == 0 ? "standard input" : self->logs[0];
    AUTO(recording_free_cleanup) struct recording *recording = audit_log_recording(log, name, NULL, &left);
    recording_write(recording, &bytes);
    int result = file_write(self->save, bytes.data, bytes.length, FILE_REPLACE, 0666, err);
    if (result == 0 && left > 0)
        say_note("%zu thing%s of the log %s no place in a recording", left, left == 1 ? "" : "s", left == 1 ? "has" : "have");
    return result;
}

static bool has_trouble(const struct audit_log *log)
{
    for (enum audit_trouble trouble = 0; trouble < AUDIT_TROUBLE_COUNT; trouble++)
        if (log->troubles[trouble].count > 0)
            return true;
    return false;
}

/* All profiles of the file, with what it includes. */
static int read_profiles(const struct verify *self, struct apparmor_file **ret, struct err *err)
{
    AUTO(apparmor_roots_done) struct apparmor_roots roots;
    apparmor_roots_init(&roots, self->apparmor_file);
    const struct apparmor_file_options options = {
        .roots = (const char *const *)roots.items, .root_count = roots.count, .open_paths = true};
    AUTO(apparmor_file_free_cleanup) struct apparmor_file *file = NULL;
    int result = apparmor_file_read(self->apparmor_file, &options, &file, err);
    if (result == 0 && file->profile_count == 0)
        result = err_set(err, -ENOENT, "%.200s has no profile in it", self->apparmor_file);
    if (result == 0 && self->profile && !apparmor_file_find(file, self->profile))
        result = err_set(err, -ENOENT, "%.200s has no profile %.100s", self->apparmor_file, self->profile);
    if (result == 0)
        *ret = TAKE(file);
    return result;
}

static int judge(const struct verify *self, const struct audit_log *log, const struct apparmor_file *apparmor)
{
    static const struct verify_form form = {write_text, write_json};
    AUTO(log_review_free_cleanup) struct log_review *review = NULL;
    AUTO_FREE char *judged_as = self->seccomp ? verify_describe_context(self) : NULL;
    struct err err = ERR_INIT;
    if (log_review_new(log, self->seccomp, &self->context, apparmor, &review, &err) < 0) {
        (void)err_prefix(&err, "%.200s", self->seccomp_file);
        return say_failure(&err, STATUS_FAILED);
    }
    struct log_report report = {
        .review = review, .files = self->logs, .file_count = self->log_count,
        .seccomp_file = self->seccomp_file, .apparmor_file = self->apparmor_file,
        .apparmor = apparmor,
        .judged_as = judged_as,
    };
    if ((self->save && save(self, log, &err) < 0) || verify_report(self, &form, &report, &err) < 0)
        return say_failure(&err, STATUS_FAILED);
    if (log_review_found(review))
        return STATUS_FOUND;
    return self->strict && has_trouble(log) ? STATUS_FAILED : STATUS_CLEAN;
}

int verify_logs(const struct verify *self)
{
    AUTO(audit_log_free_cleanup) struct audit_log *log = audit_log_new(self->profile);
    struct err err = ERR_INIT;
    AUTO(apparmor_file_free_cleanup) struct apparmor_file *apparmor = NULL;
    if (self->save && !self->force && recordings_check_output(self->save, &err) < 0)
        return say_failure(&err, STATUS_FAILED);
    if (self->apparmor_file && read_profiles(self, &apparmor, &err) < 0)
        return say_failure(&err, STATUS_FAILED);
    for (size_t i = 0; i < self->log_count; i++)
        if (audit_log_read(log, self->logs[i], &err) < 0)
            return say_failure(&err, STATUS_FAILED);
    int status = judge(self, log, apparmor);
    if (status != STATUS_CLEAN || !audit_log_is_unreadable(log))
        return status;
    say_error("no AppArmor or seccomp record in the log could be read");
    return STATUS_FAILED;
}
