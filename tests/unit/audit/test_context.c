#include <criterion/criterion.h>
#include <pthread.h>

#include "audit/context.h"
#include "audit/subject.h"

Test(context, what_was_added_is_found)
{
    AUTO(context_free_cleanup) struct context *context = context_new();
    const char *value = NULL;
    cr_expect_not(context_has_any(context, CONTEXT_RUNTIME_CLASS));
    context_add(context, CONTEXT_RUNTIME_CLASS, "", "gvisor", "runsc");
    cr_expect(context_has_any(context, CONTEXT_RUNTIME_CLASS));
    cr_expect_not(context_has_any(context, CONTEXT_HANDLER));
    cr_expect(context_find(context, CONTEXT_RUNTIME_CLASS, "", "gvisor", &value));
    cr_expect_str_eq(value, "runsc");
    cr_expect(context_find(context, CONTEXT_RUNTIME_CLASS, "", "gvisor", NULL));
    /* Neither another kind of fact, nor another namespace, nor a name that only looks the same when put together. */
    cr_expect_not(context_find(context, CONTEXT_HANDLER, "", "gvisor", &value));
    context_add(context, CONTEXT_LIMIT_RANGE, "a", "bc", "1");
    cr_expect_not(context_find(context, CONTEXT_LIMIT_RANGE, "ab", "c", &value));
    cr_expect_not(context_find(context, CONTEXT_LIMIT_RANGE, "", "abc", &value));
}

Test(context, of_two_values_the_smaller_counts)
{
    static const char *const orders[][3] = {{"a", "b", "c"}, {"c", "b", "a"}, {"b", "a", "c"}, {"b", "c", "a"}};
    for (size_t i = 0; i < ARRAY_COUNT(orders); i++) {
        AUTO(context_free_cleanup) struct context *context = context_new();
        const char *value = NULL;
        for (size_t j = 0; j < 3; j++)
            context_add(context, CONTEXT_HANDLER, "", "x", orders[i][j]);
        cr_expect(context_find(context, CONTEXT_HANDLER, "", "x", &value));
        cr_expect_str_eq(value, "a");
    }
}

enum { NAMES = 2000 };

static void *add_many(void *argument)
{
    for (int i = 0; i < NAMES; i++) {
        AUTO_FREE char *name = mem_printf("name%d", i);
        context_add(argument, CONTEXT_NAMESPACE, "", name, i % 2 ? "baseline" : "");
    }
    return NULL;
}

Test(context, threads_add_at_once)
{
    AUTO(context_free_cleanup) struct context *context = context_new();
    pthread_t threads[4];
    for (size_t i = 0; i < ARRAY_COUNT(threads); i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, add_many, context), 0);
    for (size_t i = 0; i < ARRAY_COUNT(threads); i++)
        cr_assert_eq(pthread_join(threads[i], NULL), 0);
    for (int i = 0; i < NAMES; i++) {
        AUTO_FREE char *name = mem_printf("name%d", i);
        const char *value = NULL;
        cr_assert(context_find(context, CONTEXT_NAMESPACE, "", name, &value), "%s", name);
        cr_assert_str_eq(value, i % 2 ? "baseline" : "");
    }
}

Test(subject, names_of_kinds_go_both_ways)
{
    for (int i = 0; i < SUBJECT_KIND_COUNT; i++) {
        enum subject_kind kind = SUBJECT_KIND_COUNT;
        cr_assert_not_null(subject_kind_name((enum subject_kind)i));
        cr_expect(subject_kind_parse(subject_kind_name((enum subject_kind)i), &kind));
        cr_expect_eq((int)kind, i);
    }
    enum subject_kind kind;
    cr_expect_str_eq(subject_kind_name(SUBJECT_IMAGE_BUILD), "image-build");
    cr_expect_not(subject_kind_parse("pods", &kind));
}
