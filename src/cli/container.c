#include "cli/container.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/num.h"

enum { ID_MIN = 12, CGROUP_BYTES_MAX = 1 << 16 };

static bool belongs(pid_t pid, const char *id)
{
    struct err ignored = ERR_INIT;
    AUTO_BUF struct buf text = BUF_INIT;
    AUTO_FREE char *path = mem_printf("/proc/%d/cgroup", pid);
    return file_read(path, CGROUP_BYTES_MAX, &text, &ignored) == 0 && strstr(buf_text(&text), id);
}

int container_processes(const char *id, pid_t **pids, size_t *count, struct err *err)
{
    size_t before = *count;
    if (strlen(id) < ID_MIN || strspn(id, "0123456789abcdef") != strlen(id))
        return err_set(err, -EINVAL, "'%s' is not a container id: at least %d hexadecimal digits are needed", id,
                       ID_MIN);
    DIR *directory = opendir("/proc");
    if (!directory)
        return err_set(err, -errno, "cannot read /proc: %s", strerror(errno));
    for (const struct dirent *entry = readdir(directory); entry; entry = readdir(directory)) {
        uint64_t pid;
        if (!num_parse_u64(entry->d_name, INT32_MAX, &pid) || !belongs((pid_t)pid, id))
            continue;
        *pids = mem_resize(*pids, *count + 1, sizeof(**pids));
        (*pids)[(*count)++] = (pid_t)pid;
    }
    (void)closedir(directory);
    if (*count == before)
        return err_set(err, -ESRCH, "no process belongs to a container %s", id);
    return 0;
}
