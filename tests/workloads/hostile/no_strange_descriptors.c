/* Starts with closed standard descriptors, closes everything it can, and moves numbers about: nothing
 * of the tracer may be among its descriptors. */
#include "hostile.h"

#include <dirent.h>

/* How many descriptors there are besides the standard ones, the expectations and the directory read. */
static int count_open(void)
{
    DIR *dir = opendir("/proc/self/fd");
    int count = 0;
    const struct dirent *entry;
    while (dir && (entry = readdir(dir)))
        count += entry->d_name[0] != '.' && atoi(entry->d_name) > 2 && atoi(entry->d_name) != EXPECT_FD &&
                 atoi(entry->d_name) != dirfd(dir);
    if (dir)
        closedir(dir);
    return count;
}

int main(void)
{
    printf("descriptors that nobody gave: %d\n", count_open());
    expect_path("create", "with-nothing-open");
    expect_call("close_range");
    fflush(stdout);
    tell("close_range", syscall(SYS_close_range, 3, ~0U, 0));
    int fd = open("with-nothing-open", O_CREAT | O_WRONLY, 0644);
    printf("first free: %d\n", fd);
    for (int other = 4; other < 200; other++)
        dup2(fd, other);
    printf("now: %d\n", count_open());
    return 0;
}
