#include <criterion/criterion.h>

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "trace/memory.h"

enum { PAGE = 4096 };

/* Two pages of which only the first can be read. */
static char *page_before_a_hole(void)
{
    char *pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    cr_assert(pages != MAP_FAILED);
    cr_assert_eq(mprotect(pages + PAGE, PAGE, PROT_NONE), 0);
    return pages;
}

Test(memory, strings_at_every_distance_from_a_hole)
{
    char *page = page_before_a_hole();
    for (size_t length = 0; length < 600; length++) {
        char *text = page + PAGE - length - 1;
        memset(text, 'x', length);
        text[length] = '\0';
        AUTO_FREE char *read = memory_read_string(getpid(), (uintptr_t)text, PATH_MAX, NULL);
        cr_assert(read && strlen(read) == length, "a string of %zu bytes that ends at a hole", length);
    }
}

Test(memory, a_string_that_runs_into_a_hole_is_not_read)
{
    char *page = page_before_a_hole();
    memset(page, 'x', PAGE);
    cr_assert_null(memory_read_string(getpid(), (uintptr_t)page, PATH_MAX, NULL));
    cr_assert_null(memory_read_string(getpid(), 8, PATH_MAX, NULL));
    cr_assert_null(memory_read_string(getpid(), UINT64_MAX - 3, PATH_MAX, NULL));
}

Test(memory, a_string_without_end_is_too_long)
{
    bool too_long = false;
    AUTO_FREE char *text = mem_zero(1, 4 * PATH_MAX);
    memset(text, 'y', 4 * PATH_MAX - 1);
    cr_assert_null(memory_read_string(getpid(), (uintptr_t)text, PATH_MAX, &too_long));
    cr_assert(too_long);
    text[PATH_MAX - 1] = '\0';
    AUTO_FREE char *longest = memory_read_string(getpid(), (uintptr_t)text, PATH_MAX, &too_long);
    cr_assert(longest && strlen(longest) == PATH_MAX - 1);
    cr_assert(!too_long);
}

Test(memory, what_is_written_is_read)
{
    uint64_t there = 1;
    uint64_t value = 0x1122334455667788;
    uint64_t back = 0;
    cr_assert(memory_write(getpid(), (uintptr_t)&there, &value, sizeof(value)));
    cr_assert(memory_read(getpid(), (uintptr_t)&there, &back, sizeof(back)));
    cr_assert_eq(back, value);
    cr_assert_not(memory_write(getpid(), 16, &value, sizeof(value)));
}
