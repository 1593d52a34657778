/* Names that break line-based formats, terminals, JSON and quoting. */
#include "hostile.h"

static const struct {
    const char *name;
    bool utf8;
} NAMES[] = {
    {"new\nline", false},
    {"tab\there", false},
    {"quote\"and'single", false},
    {"back\\slash\\x41", false},
    {"\x1b[31mred\x1b[0m", false},
    {"not utf8 \xff\xfe\x80", false},
    {"cut off \xe2\x82", false},
    {"overlong \xc0\xaf", false},
    {"surrogate \xed\xa0\x80", false},
    {"bell\x07" "delete\x7f", false},
    {" leading and trailing ", false},
    {"-rf", false},
    {"*?[a-z]{b,c}", false},
    {"@{HOME} #comment, $(id) `id` %s%n", false},
    {"caf\xc3\xa9 \xf0\x9f\x98\x80", true},
};

int main(void)
{
    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
        const char *name = NAMES[i].name;
        bool utf8 = NAMES[i].utf8;
        make_file(name);
        int fd = open(name, O_RDONLY);
        tell("open", fd);
        close(fd);
        expect_path_bytes("path", "create", name, utf8);
        expect_path_bytes("path", "read", name, utf8);
        char moved[128];
        snprintf(moved, sizeof(moved), "moved %s", name);
        tell("rename", rename(name, moved));
        expect_path_bytes("path", "rename", name, utf8);
        tell("unlink", unlink(moved));
        expect_path_bytes("path", "delete", moved, utf8);
        char dir[128];
        snprintf(dir, sizeof(dir), "dir %s", name);
        tell("mkdir", mkdir(dir, 0755));
        int dirfd = open(dir, O_PATH);
        tell("file below", openat(dirfd, "below", O_CREAT | O_WRONLY, 0644));
        char below[160];
        snprintf(below, sizeof(below), "%s/below", dir);
        expect_path_bytes("path", "create", below, utf8);
    }
    return 0;
}
