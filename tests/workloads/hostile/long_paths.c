/* Paths of PATH_MAX bytes, names of NAME_MAX bytes, and a working directory deeper than PATH_MAX. */
#include "hostile.h"

#define DEPTH 60

static void repeat(char *out, size_t length, const char *piece)
{
    size_t size = strlen(piece);
    for (size_t i = 0; i < length; i++)
        out[i] = piece[i % size];
    out[length] = '\0';
}

static void long_spellings(void)
{
    char path[PATH_MAX + 2];
    make_file("end");
    /* ././…/end, of 4,095 bytes and the terminator: the longest the kernel takes. */
    repeat(path, PATH_MAX - 1 - 3, "./");
    strcat(path, "end");
    tell("4095 bytes", access(path, R_OK));
    int fd = open(path, O_RDONLY);
    tell("4095 bytes opened", fd);
    close(fd);
    expect_path("read", "end");
    repeat(path, PATH_MAX - 3, "./");
    strcat(path, "end");
    tell("4096 bytes", open(path, O_RDONLY));
    char name[NAME_MAX + 2];
    repeat(name, NAME_MAX, "n");
    make_file(name);
    expect_path("write", name);
    repeat(name, NAME_MAX + 1, "n");
    tell("256 byte name", open(name, O_RDONLY));
}

/* The absolute path is longer than any call can give: it is recorded, or its loss is. */
static void deep_directory(void)
{
    char name[200];
    repeat(name, sizeof(name) - 1, "d");
    for (int i = 0; i < DEPTH; i++) {
        must(mkdir(name, 0755), "mkdir");
        must(chdir(name), "chdir");
    }
    char where[PATH_MAX];
    tell("getcwd", syscall(SYS_getcwd, where, sizeof(where)));
    int fd = open("deep", O_WRONLY | O_CREAT, 0644);
    tell("deep file", fd);
    close(fd);
    tell("deep file removed", unlink("deep"));
    expect("may-lose path");
    for (int i = 0; i < DEPTH; i++) {
        must(chdir(".."), "chdir ..");
        must(rmdir(name), "rmdir");
    }
    make_file("back");
    expect_path("create", "back");
}

int main(void)
{
    long_spellings();
    deep_directory();
    return 0;
}
