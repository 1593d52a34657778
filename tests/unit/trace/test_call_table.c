#include <criterion/criterion.h>

#include <string.h>

#include "base/mem.h"
#include "model/syscall.h"
#include "trace/call.h"

/* Looking a row up is a binary search: every name of the system call table that has a row must be found, and
 * rows out of order would not be. */
Test(call_table, every_row_is_found_by_its_name)
{
    static const char *const spot_checks[] = {"accept", "execveat", "mmap2", "openat2", "socketcall", "vhangup"};
    for (size_t i = 0; i < ARRAY_COUNT(spot_checks); i++) {
        const struct call_spec *spec = call_spec_by_name(spot_checks[i]);
        cr_assert(spec, "%s has no row", spot_checks[i]);
        cr_assert_str_eq(spec->name, spot_checks[i]);
    }
    size_t found = 0;
    for (size_t i = 0; i < syscall_count(); i++)
        found += call_spec_by_name(syscall_at(i)->name) != NULL;
    cr_assert_gt(found, 200, "only %zu rows are reachable by the names of the system call table", found);
}

Test(call_table, argument_indexes_are_arguments)
{
    for (size_t i = 0; i < syscall_count(); i++) {
        const struct call_spec *spec = call_spec_by_name(syscall_at(i)->name);
        for (size_t path = 0; spec && path < ARRAY_COUNT(spec->paths); path++) {
            const struct path_arg *arg = &spec->paths[path];
            if (arg->did == 0)
                continue;
            cr_assert(arg->path >= 0 && arg->path < 6, "%s", spec->name);
            cr_assert(arg->dirfd >= NO_ARG && arg->dirfd < 6 && arg->dirfd != arg->path, "%s", spec->name);
            cr_assert(arg->flags >= NO_ARG && arg->flags < 6 && arg->flags != arg->path, "%s", spec->name);
        }
    }
}

/* A path is only known on return: a row with one must have its result looked at every time. */
Test(call_table, rows_with_paths_want_every_result)
{
    for (size_t i = 0; i < syscall_count(); i++) {
        const struct call_spec *spec = call_spec_by_name(syscall_at(i)->name);
        if (spec && (spec->paths[0].did != 0 || spec->fd_did != 0))
            cr_assert(spec->every_result || spec->look, "%s", spec->name);
    }
}

Test(call_table, the_same_call_is_found_through_every_abi)
{
    static const struct {
        enum abi abi;
        uint64_t number;
        const char *name;
    } rows[] = {
        {ABI_X86_64, 257, "openat"}, {ABI_I386, 295, "openat"},   {ABI_X32, 257, "openat"},
        {ABI_AARCH64, 56, "openat"}, {ABI_I386, 102, "socketcall"}, {ABI_X86_64, 59, "execve"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        cr_assert_str_eq(call_spec_find(rows[i].abi, rows[i].number)->name, rows[i].name);
    cr_assert_not_null(call_spec_find(ABI_X86_64, 99999), "an invented number has the plain row");
}
