#include "cli/diff_input.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "model/recording_file.h"

void diff_input_done(struct diff_input *input)
{
    seccomp_policy_free(input->seccomp);
    apparmor_file_free(input->apparmor);
    recording_free(input->recording);
    *input = (struct diff_input){0};
}

/* JSON begins with a brace; no AppArmor profile does. */
static bool is_json(const struct buf *bytes)
{
    const char *text = buf_text(bytes);
    size_t blanks = strspn(text, " \t\r\n");
    return text[blanks] == '{' || text[blanks] == '[';
}

/* The schema's name without its version, which the reader judges; quoted, as no seccomp profile has it. */
static bool is_recording(const struct buf *bytes)
{
    static const char mark[] = "\"profgen-recording/";
    return memmem(buf_text(bytes), bytes->length, mark, strlen(mark)) != NULL;
}

static int parse_apparmor(const char *path, const struct buf *bytes, struct apparmor_file **ret, struct err *err)
{
    AUTO(apparmor_roots_done) struct apparmor_roots roots;
    apparmor_roots_init(&roots, path);
    const struct apparmor_file_options options = {
        .roots = (const char *const *)roots.items, .root_count = roots.count, .open_paths = true};
    const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
    return apparmor_file_parse(name, buf_text(bytes), bytes->length, &options, ret, err);
}

int diff_input_read(const char *path, struct diff_input *ret, struct err *err)
{
    AUTO_BUF struct buf bytes = BUF_INIT;
    const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
    int r = file_read(path, RECORDING_BYTES_MAX, &bytes, err);
    if (r < 0)
        return r;
    *ret = (struct diff_input){0};
    if (!is_json(&bytes) && !memchr(buf_text(&bytes), '{', bytes.length))
        return err_set(err, -EINVAL, "%s is no recording and no profile", name);
    if (!is_json(&bytes))
        return parse_apparmor(path, &bytes, &ret->apparmor, err);
    if (is_recording(&bytes))
        return recording_parse(name, buf_text(&bytes), bytes.length, &ret->recording, err);
    return seccomp_policy_parse(name, buf_text(&bytes), bytes.length, &ret->seccomp, err);
}

const char *diff_input_kind(const struct diff_input *input)
{
    return input->seccomp ? "seccomp profile" : input->apparmor ? "AppArmor profile" : "recording";
}
