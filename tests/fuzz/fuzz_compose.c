/*
 * Whatever the files of a Compose project hold, its services are subjects that keep their promises.
 *
 * Lines of "====" part the input into compose.yaml, base.yaml, compose.override.yaml and .env, which are put into a
 * directory: what a file names can be one of the others, itself, or nothing.
 */
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

#include "base/file.h"
#include "base/node_in.h"
#include "subject_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static const char *const names[] = {"compose.yaml", "base.yaml", "compose.override.yaml", ".env"};
static char directory[] = "/tmp/profgen-fuzz-compose-XXXXXX";

static void remove_directory(void)
{
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        AUTO_FREE char *path = mem_printf("%s/%s", directory, names[i]);
        (void)unlink(path);
    }
    (void)rmdir(directory);
}

static void make_directory(void)
{
    static bool made;
    if (made)
        return;
    made = true;
    if (!mkdtemp(directory) || atexit(remove_directory) != 0)
        abort();
}

/* NULL removes it. */
static void put_file(size_t which, const char *bytes, size_t length)
{
    AUTO_FREE char *path = mem_printf("%s/%s", directory, names[which]);
    if (!bytes) {
        (void)unlink(path);
        return;
    }
    AUTO_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || file_write_fd(fd, bytes, length) < 0)
        abort();
}

/* Writes the files behind the first, whose length is returned. */
static size_t put_files(const char *bytes, size_t length)
{
    static const char mark[] = "\n====\n";
    size_t first = length;
    const char *at = bytes;
    const char *end = bytes + length;
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        const char *next = at ? memmem(at, (size_t)(end - at), mark, sizeof(mark) - 1) : NULL;
        size_t own = at ? (size_t)((next ? next : end) - at) : 0;
        put_file(i, at, own);
        first = i == 0 ? own : first;
        at = next ? next + sizeof(mark) - 1 : NULL;
    }
    return first;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    make_directory();
    size_t first = put_files((const char *)bytes, length);
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    AUTO(context_free_cleanup) struct context *context = context_new();
    AUTO_FREE char *path = mem_printf("%s/%s", directory, names[0]);
    struct node_stream stream = {0};
    (void)yaml_read("input", (const char *)bytes, first, arena, &stream, NULL);
    for (size_t i = 0; i < stream.count; i++)
        subject_check_document(&document_kind_compose, path, stream.documents[i], arena, context);
    return 0;
}
