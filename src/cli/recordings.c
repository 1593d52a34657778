#include "cli/recordings.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "model/recording_file.h"

static int read_all(char *const *paths, size_t count, struct recording **read, size_t *ret_done, struct err *err)
{
    for (*ret_done = 0; *ret_done < count; ++*ret_done) {
        int result = recording_read(paths[*ret_done], &read[*ret_done], err);
        if (result < 0)
            return result;
    }
    return 0;
}

int recordings_read(char *const *paths, size_t count, struct saturation *ret_saturation, struct recording **ret,
                    struct err *err)
{
    char default_path[] = "./" RECORDING_DEFAULT_PATH;
    char *const defaults[] = {default_path};
    paths = count ? paths : defaults;
    count = count ? count : 1;
    AUTO_FREE struct recording **read = mem_zero(count, sizeof(struct recording *));
    size_t done;
    int result = read_all(paths, count, read, &done, err);
    if (result == 0) {
        if (ret_saturation)
            saturation_measure((const struct recording *const *)read, count, ret_saturation);
        for (size_t i = 1; i < count; i++)
            recording_merge(read[0], read[i]);
        *ret = TAKE(read[0]);
    }
    for (size_t i = 0; i < done; i++)
        recording_free(read[i]);
    return result;
}

int recordings_check_output(const char *path, struct err *err)
{
    struct err ignored = ERR_INIT;
    AUTO_BUF struct buf old = BUF_INIT;
    if (strcmp(path, "-") == 0 || access(path, F_OK) != 0)
        return 0;
    int rc = file_read(path, RECORDING_BYTES_MAX, &old, &ignored);
    if (rc == 0 && (old.length == 0 || memmem(old.data, old.length < 256 ? old.length : 256, RECORDING_SCHEMA,
                                              strlen(RECORDING_SCHEMA))))
        return 0;
    return err_set(err, -EEXIST, "%s exists and is not a recording; use --force to replace it", path);
}
