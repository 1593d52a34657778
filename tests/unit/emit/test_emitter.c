/* The table of formats. */
#include "emit/emitter.h"

#include <criterion/criterion.h>
#include <string.h>

Test(emitter, names_are_those_of_the_table)
{
    for (size_t i = 0; i < emitter_count; i++) {
        cr_assert_not_null(emitter_names[i]);
        cr_expect_str_eq(emitter_names[i], emitters[i].name);
        cr_expect_eq(emitter_by_name(emitter_names[i]), &emitters[i]);
    }
    cr_expect_null(emitter_names[emitter_count]);
    cr_expect_null(emitter_by_name("none of these"));
}
