#include "cli/recordings.h"

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
