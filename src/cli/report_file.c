#include "cli/report_file.h"

#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"

/* A report says its maker's name near its beginning. */
enum { SEARCHED_BYTES = 64 << 10 };

int report_file_check(const char *path, struct err *err)
{
    AUTO_FREE char *bytes = mem_zero(SEARCHED_BYTES, 1);
    struct stat status;
    if (strcmp(path, "-") == 0 || stat(path, &status) < 0 || !S_ISREG(status.st_mode) || status.st_size == 0)
        return 0;
    AUTO_FCLOSE FILE *file = fopen(path, "re");
    size_t length = file ? fread(bytes, 1, SEARCHED_BYTES, file) : 0;
    if (memmem(bytes, length, "profgen", strlen("profgen")))
        return 0;
    return err_set(err, -EEXIST, "%s exists already and is no report of profgen; use --force to replace it", path);
}
