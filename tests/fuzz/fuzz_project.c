/* A project file and a baseline are read from files, here from one in memory: each is read, or refused with one sentence. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "audit/baseline.h"
#include "audit/project.h"
#include "base/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check(int code, const struct err *err)
{
    if (code < 0 && err->sentence[0] == '\0')
        abort();
}

static void read_project(const char *path)
{
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    struct project project;
    struct err err = ERR_INIT;
    int code = project_read(path, arena, &project, &err);
    check(code, &err);
    for (size_t i = 0; code == 0 && i < project.ignore_count; i++)
        if (!project.ignore[i].rule || !project.ignore[i].reason || project.ignore[i].reason[0] == '\0')
            abort();
}

static void read_baseline(const char *path)
{
    struct baseline *baseline = NULL;
    struct err err = ERR_INIT;
    check(baseline_read(path, &baseline, &err), &err);
    baseline_free(baseline);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char path[64];
    AUTO_CLOSE int fd = memfd_create("input", MFD_CLOEXEC);
    if (fd < 0 || file_write_fd(fd, bytes, length) < 0)
        return 0;
    (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    read_project(path);
    read_baseline(path);
    return 0;
}
