/*
 * Runs a fuzz target over the files of a directory, where libFuzzer is not built in: replay DIRECTORY.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static int replay(const char *directory, const char *name)
{
    AUTO_FREE char *path = mem_printf("%s/%s", directory, name);
    AUTO_BUF struct buf bytes = BUF_INIT;
    struct err err = ERR_INIT;
    if (file_read(path, SIZE_MAX / 2, &bytes, &err) < 0) {
        (void)fprintf(stderr, "%s\n", err.sentence);
        return 1;
    }
    printf("%s\n", path);
    (void)fflush(stdout);
    /* Exactly as long as the input, so that reading past its end is seen. */
    AUTO_FREE char *exact = mem_resize(NULL, bytes.length, 1);
    for (size_t i = 0; i < bytes.length; i++)
        exact[i] = bytes.data[i];
    return LLVMFuzzerTestOneInput((const uint8_t *)exact, bytes.length);
}

int main(int argc, char **argv)
{
    DIR *directory = argc == 2 ? opendir(argv[1]) : NULL;
    if (!directory) {
        perror(argc == 2 ? argv[1] : "usage: replay DIRECTORY");
        return 2;
    }
    int replayed = 0;
    int failed = 0;
    for (struct dirent *entry; (entry = readdir(directory));) {
        if (entry->d_name[0] == '.')
            continue;
        replayed++;
        failed += replay(argv[1], entry->d_name) != 0;
    }
    (void)closedir(directory);
    printf("%d inputs\n", replayed);
    return replayed == 0 || failed > 0;
}
