#include "base/errno_name.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"

enum { RESTART_FIRST = 512 };
static const char *const restart_names[] = {
    "ERESTARTSYS", "ERESTARTNOINTR", "ERESTARTNOHAND", "ENOIOCTLCMD", "ERESTART_RESTARTBLOCK",
};

static const char *known_name(int error)
{
    if (error >= RESTART_FIRST && (size_t)error < RESTART_FIRST + ARRAY_COUNT(restart_names))
        return restart_names[error - RESTART_FIRST];
    return strerrorname_np(error);
}

const char *errno_name(int error, char buffer[static ERRNO_NAME_MAX])
{
    const char *name = known_name(error);
    if (name)
        return name;
    (void)snprintf(buffer, ERRNO_NAME_MAX, "errno_%d", error);
    return buffer;
}

int errno_from_name(const char *name)
{
    uint64_t number;
    if (strncmp(name, "errno_", 6) == 0 && name[6] != '0' && num_parse_u64(name + 6, ERRNO_MAX, &number))
        return known_name((int)number) ? 0 : (int)number;
    /* glibc has no table by name; the named values end well below the restart codes. */
    for (int error = 1; error < RESTART_FIRST + (int)ARRAY_COUNT(restart_names); error++) {
        const char *known = known_name(error);
        if (known && strcmp(known, name) == 0)
            return error;
    }
    return 0;
}
