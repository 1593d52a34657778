#include "base/program.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

static bool is_executable(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

int program_find(const char *name, const char *search, char **ret, struct err *err)
{
    if (strchr(name, '/')) {
        struct stat st;
        if (stat(name, &st) < 0)
            return err_set(err, -errno, "cannot run %s: %s", name, strerror(errno));
        *ret = mem_strdup(name);
        return 0;
    }
    bool found_something = false;
    for (const char *at = search ? search : "/usr/local/bin:/usr/bin:/bin"; *name; at++) {
        size_t length = strcspn(at, ":");
        AUTO_FREE char *candidate = mem_printf("%.*s/%s", length ? (int)length : 1, length ? at : ".", name);
        if (is_executable(candidate)) {
            *ret = TAKE(candidate);
            return 0;
        }
        found_something |= access(candidate, F_OK) == 0;
        at += length;
        if (*at == '\0')
            break;
    }
    if (found_something)
        return err_set(err, -EACCES, "cannot run %s: the file found on the PATH is not executable", name);
    return err_set(err, -ENOENT, "cannot run %s: no such command on the PATH", name);
}

static void execute_by_shell(const char *path, char *const *command, char *const *environment)
{
    size_t count = 0;
    while (command[count])
        count++;
    char **shell = calloc(count + 2, sizeof(*shell));
    if (!shell)
        return;
    memcpy(shell + 1, command, count * sizeof(*shell));
    shell[0] = (char *)(uintptr_t)"sh";
    shell[1] = (char *)(uintptr_t)path;
    (void)execve("/bin/sh", shell, environment);
    free(shell);
}

int program_execute(const char *path, char *const *command, char *const *environment)
{
    (void)execve(path, command, environment);
    int error = errno;
    if (error == ENOEXEC)
        execute_by_shell(path, command, environment);
    return -error;
}
