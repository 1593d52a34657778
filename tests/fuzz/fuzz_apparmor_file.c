/*
 * Whole AppArmor files with what they include: the input is a byte of options, then texts parted by NUL bytes, the first the
 * file and the others what <1>, <2> and so on name. What is read is written, read and written again to the same bytes, and
 * judges paths alike.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/apparmor_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

enum { TEXTS_MAX = 8, OPTION_PARTIAL = 1, OPTION_TUNABLES = 2, INPUT_MAX = 32 << 10 };

struct texts {
    const char *starts[TEXTS_MAX];
    size_t lengths[TEXTS_MAX];
    size_t count;
};

static void part(const char *bytes, size_t length, struct texts *ret)
{
    const char *end = bytes + length;
    for (const char *at = bytes; ret->count < TEXTS_MAX; at++) {
        const char *stop = memchr(at, '\0', (size_t)(end - at));
        stop = stop ? stop : end;
        ret->starts[ret->count] = at;
        ret->lengths[ret->count++] = (size_t)(stop - at);
        at = stop;
        if (stop == end)
            return;
    }
}

static int load(void *context, const char *name, bool angled, const char *from, apparmor_include_take *take, void *taker,
                struct err *err)
{
    const struct texts *texts = context;
    size_t which = name[0] >= '1' && name[0] <= '9' && !name[1] ? (size_t)(name[0] - '0') : TEXTS_MAX;
    (void)from;
    (void)err;
    if (!angled || which >= texts->count)
        return -ENOENT;
    return take(taker, name, texts->starts[which], texts->lengths[which]);
}

static void compare(const struct apparmor_policy *one, const struct apparmor_policy *two, const char *path, size_t length)
{
    for (int owner = 0; owner < 2; owner++)
        if (apparmor_policy_evaluate(one, path, length, 127, owner, NULL) !=
                apparmor_policy_evaluate(two, path, length, 127, owner, NULL) ||
            apparmor_policy_allows_link(one, path, length, "/a", 2, owner) !=
                apparmor_policy_allows_link(two, path, length, "/a", 2, owner))
            abort();
}

/* The patterns themselves, as paths, are near what they match. */
static void compare_profiles(const struct apparmor_policy *one, const struct apparmor_policy *two)
{
    if (!two || apparmor_policy_allows_capability(one, "chown") != apparmor_policy_allows_capability(two, "chown") ||
        apparmor_policy_allows_network(one, "unix", "stream") != apparmor_policy_allows_network(two, "unix", "stream"))
        abort();
    compare(one, two, "/a/b", 4);
    for (size_t i = 0; i < one->file_count && i < 20; i++) {
        size_t length = strlen(one->files[i].pattern);
        compare(one, two, one->files[i].pattern, length < 200 ? length : 200);
    }
}

static void check_written(const struct apparmor_file *file)
{
    AUTO(apparmor_file_free_cleanup) struct apparmor_file *again = NULL;
    AUTO_BUF struct buf once = BUF_INIT;
    AUTO_BUF struct buf twice = BUF_INIT;
    struct err err = ERR_INIT;
    apparmor_file_write(file, &once);
    if (file->profile_count == 0)
        return;
    if (apparmor_file_parse("own", buf_text(&once), once.length, NULL, &again, &err) < 0 ||
        again->profile_count != file->profile_count)
        abort();
    apparmor_file_write(again, &twice);
    if (once.length != twice.length || memcmp(once.data, twice.data, once.length) != 0)
        abort();
    for (size_t i = 0; i < file->profile_count; i++)
        compare_profiles(file->profiles[i], apparmor_file_find(again, file->profiles[i]->name));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct texts texts = {.count = 0};
    AUTO(apparmor_file_free_cleanup) struct apparmor_file *file = NULL;
    struct err err = ERR_INIT;
    if (length == 0 || length > INPUT_MAX)
        return 0;
    part((const char *)bytes + 1, length - 1, &texts);
    const struct apparmor_file_options options = {.partial = bytes[0] & OPTION_PARTIAL,
                                                  .standard_tunables = bytes[0] & OPTION_TUNABLES,
                                                  .load = load, .load_context = &texts};
    int r = apparmor_file_parse("input", texts.starts[0], texts.lengths[0], &options, &file, &err);
    if ((r < 0) != (err.sentence[0] != '\0'))
        abort();
    if (r == 0)
        check_written(file);
    return 0;
}
