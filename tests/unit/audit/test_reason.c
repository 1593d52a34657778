#include <criterion/criterion.h>

#include "audit/reason.h"
#include "base/mem.h"

Test(reason, does_not_say_the_name_again)
{
    static const struct {
        const char *name, *sentence, *words;
        uint32_t line, column;
    } rows[] = {
        {"a.yaml", "a.yaml:3:14: nests too deep", "nests too deep", 3, 14},
        {"a.yaml", "a.yaml: larger than 256 MiB", "larger than 256 MiB", 0, 0},
        {"a.yaml", "cannot open a.yaml: Permission denied", "cannot open: Permission denied", 0, 0},
        {"standard input", "cannot read standard input: it is a device", "cannot read: it is a device", 0, 0},
        /* Other files keep their names. */
        {"a.yaml", "b.yaml:3:14: nests too deep", "b.yaml:3:14: nests too deep", 0, 0},
        {"a.yaml", "cannot open a.yaml.bak: Permission denied", "cannot open a.yaml.bak: Permission denied", 0, 0},
        {"a.yaml", "a.yaml includes itself", "a.yaml includes itself", 0, 0},
        /* No place. */
        {"a", "a:3: x", "a:3: x", 0, 0},
        {"a", "a:3:4:5", "a:3:4:5", 0, 0},
        {"a", "a:99999999999:4: x", "a:99999999999:4: x", 0, 0},
        {"", ": x", ": x", 0, 0},
        {"", "cannot open : No such file or directory", "cannot open: No such file or directory", 0, 0},
        {"a\n:1:1: ", "a\n:1:1: :2:3: \033[31m", "\\x1b[31m", 2, 3},
    };
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct reason reason = reason_of(arena, rows[i].name, rows[i].sentence);
        cr_expect_str_eq(reason.words, rows[i].words, "%s: %s", rows[i].sentence, reason.words);
        cr_expect_eq(reason.line, rows[i].line, "%s: line %u", rows[i].sentence, reason.line);
        cr_expect_eq(reason.column, rows[i].column, "%s: column %u", rows[i].sentence, reason.column);
    }
}
