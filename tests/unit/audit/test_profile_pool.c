#include "audit/profile_pool.h"

#include <criterion/criterion.h>
#include <string.h>

struct row {
    enum profile_kind kind;
    enum profile_offer_by by;
    const char *namespace_, *name, *path;
};

static void add(struct profile_pool *pool, const struct row *row, const char *text, size_t length)
{
    profile_pool_add(pool, &(struct profile_offer){.kind = row->kind, .by = row->by, .namespace_ = row->namespace_, .names = &row->name, .name_count = 1,
                                                   .path = row->path, .line = 1, .text = text, .length = length});
}

static const struct row rows[] = {
    {PROFILE_SECCOMP, OFFER_BY_KEY, NULL, "web.json", "a/map.yaml"},
    {PROFILE_SECCOMP, OFFER_BY_KEY, NULL, "web.json", "b/map.yaml"},
    {PROFILE_SECCOMP, OFFER_BY_KEY, NULL, "web.json", "b/c/map.yaml"},
    {PROFILE_SECCOMP, OFFER_BY_FILE, NULL, "repo/profiles/db.json", "repo/profiles/db.json"},
    {PROFILE_SECCOMP, OFFER_BY_FILE, NULL, "repo/other/db.json", "repo/other/db.json"},
    {PROFILE_SECCOMP, OFFER_BY_OBJECT, "shop", "web", "o/shop.yaml"},
    {PROFILE_SECCOMP, OFFER_BY_OBJECT, "bank", "web", "o/bank.yaml"},
    {PROFILE_SECCOMP, OFFER_BY_OBJECT, NULL, "free", "o/free.yaml"},
    {PROFILE_APPARMOR, OFFER_BY_NAME, NULL, "web", "aa/web"},
    {PROFILE_APPARMOR, OFFER_BY_NAME, NULL, "/usr/bin/web", "aa/usr.bin.web"},
};

static const struct {
    enum profile_kind kind;
    const char *wanted, *near, *path; /* of what is found; NULL: nothing */
} questions[] = {
    {PROFILE_SECCOMP, "profiles/web.json", "a/pod.yaml", "a/map.yaml"},
    {PROFILE_SECCOMP, "profiles/web.json", "b/pod.yaml", "b/map.yaml"},
    {PROFILE_SECCOMP, "profiles/web.json", "b/c/pod.yaml", "b/c/map.yaml"},
    {PROFILE_SECCOMP, "profiles/web.json", "z/pod.yaml", "a/map.yaml"},
    {PROFILE_SECCOMP, "web.yaml", "a/pod.yaml", NULL},
    {PROFILE_SECCOMP, "profiles/db.json", "pod.yaml", "repo/profiles/db.json"},
    {PROFILE_SECCOMP, "other/db.json", "repo/profiles/pod.yaml", "repo/other/db.json"},
    {PROFILE_SECCOMP, "third/db.json", "pod.yaml", NULL},
    {PROFILE_SECCOMP, "les/db.json", "pod.yaml", NULL},
    {PROFILE_SECCOMP, "operator/shop/web.json", "pod.yaml", "o/shop.yaml"},
    {PROFILE_SECCOMP, "operator/bank/web.json", "pod.yaml", "o/bank.yaml"},
    {PROFILE_SECCOMP, "operator/none/web.json", "a/pod.yaml", "a/map.yaml"}, /* a key of that name is all there is */
    {PROFILE_SECCOMP, "operator/any/free.json", "pod.yaml", "o/free.yaml"},
    {PROFILE_SECCOMP, "operator/free.json", "pod.yaml", "o/free.yaml"},
    {PROFILE_SECCOMP, "operator/any/more/free.json", "pod.yaml", NULL},
    {PROFILE_APPARMOR, "web", "pod.yaml", "aa/web"},
    {PROFILE_APPARMOR, "/usr/bin/web", "pod.yaml", "aa/usr.bin.web"},
    {PROFILE_APPARMOR, "web.json", "a/pod.yaml", NULL},
    {PROFILE_SECCOMP, "web", "a/pod.yaml", NULL},
};

Test(profile_pool, finds_what_a_name_means)
{
    for (unsigned turn = 0; turn < 3; turn++) {
        AUTO(profile_pool_free_cleanup) struct profile_pool *pool = profile_pool_new();
        for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
            add(pool, &rows[turn == 0 ? i : turn == 1 ? ARRAY_COUNT(rows) - 1 - i : i * 3 % ARRAY_COUNT(rows)], "x", 1);
        cr_expect_null(profile_pool_find(pool, PROFILE_APPARMOR, "web", "pod.yaml"), "an open pool answers");
        profile_pool_close(pool);
        for (size_t i = 0; i < ARRAY_COUNT(questions); i++) {
            const struct profile_offer *found = profile_pool_find(pool, questions[i].kind, questions[i].wanted, questions[i].near);
            cr_expect_eq(found != NULL, questions[i].path != NULL, "question %zu", i);
            if (found && questions[i].path)
                cr_expect_str_eq(found->path, questions[i].path, "question %zu", i);
        }
        cr_expect(!profile_pool_is_cut(pool));
    }
}

Test(profile_pool, knows_who_wants_what_is_there)
{
    AUTO(profile_pool_free_cleanup) struct profile_pool *pool = profile_pool_new();
    const struct profile_wanter met = {.file = 7, .path = "a.yaml"}, other = {.file = 7, .path = "b.yaml"}, unmet = {.file = 9, .path = "c.yaml"};
    AUTO_BUF struct buf bytes = BUF_INIT;
    profile_pool_want(pool, &unmet, PROFILE_SECCOMP, "none.json");
    profile_pool_want(pool, &met, PROFILE_SECCOMP, "profiles/web.json");
    profile_pool_want(pool, &met, PROFILE_SECCOMP, "none.json");
    add(pool, &rows[0], "x", 1);
    buf_add_text(&bytes, "kept");
    cr_expect(profile_pool_keep(pool, 7, &bytes));
    profile_pool_close(pool);
    profile_pool_want(pool, &unmet, PROFILE_SECCOMP, "profiles/web.json"); /* too late */
    cr_expect(profile_pool_has_wanters(pool));
    cr_expect(profile_pool_is_wanter(pool, &met));
    cr_expect(!profile_pool_is_wanter(pool, &other), "a file that has come to that number since");
    cr_expect(!profile_pool_is_wanter(pool, &unmet));
    cr_assert_not_null(profile_pool_kept(pool, 7));
    cr_expect_str_eq(buf_text(profile_pool_kept(pool, 7)), "kept");
    cr_expect_null(profile_pool_kept(pool, 9));
}

Test(profile_pool, nobody_wants_what_nobody_has)
{
    AUTO(profile_pool_free_cleanup) struct profile_pool *pool = profile_pool_new();
    profile_pool_want(pool, &(struct profile_wanter){.file = 1, .path = "a"}, PROFILE_APPARMOR, "web");
    profile_pool_close(pool);
    cr_expect(!profile_pool_has_wanters(pool));
}

enum { BIG = 900 << 10, BIG_COUNT = 60 };

/* 16 MiB hold 18 of them: those of the first paths, in whatever order they came. */
Test(profile_pool, keeps_the_first_of_too_many)
{
    static char text[BIG];
    memset(text, 'x', sizeof(text));
    for (unsigned turn = 0; turn < 3; turn++) {
        AUTO(profile_pool_free_cleanup) struct profile_pool *pool = profile_pool_new();
        for (unsigned i = 0; i < BIG_COUNT; i++) {
            unsigned number = turn == 0 ? i : turn == 1 ? BIG_COUNT - 1 - i : i * 7 % BIG_COUNT;
            AUTO_FREE char *path = mem_printf("%02u", number), *name = mem_printf("%02u.json", number);
            add(pool, &(struct row){PROFILE_SECCOMP, OFFER_BY_KEY, NULL, name, path}, text, sizeof(text));
        }
        profile_pool_want(pool, &(struct profile_wanter){.file = 3, .path = "p"}, PROFILE_SECCOMP, "59.json");
        profile_pool_close(pool);
        for (unsigned i = 0; i < BIG_COUNT; i++) {
            AUTO_FREE char *name = mem_printf("%02u.json", i);
            cr_expect_eq(profile_pool_find(pool, PROFILE_SECCOMP, name, "x") != NULL, i < 18, "turn %u: %s", turn, name);
        }
        cr_expect(profile_pool_is_cut(pool));
        cr_expect(profile_pool_is_wanter(pool, &(struct profile_wanter){.file = 3, .path = "p"}), "what had no room is to be said");
    }
}

/* One that no ConfigMap can hold takes the place of nobody. */
Test(profile_pool, leaves_out_what_is_too_large)
{
    static char text[(1 << 20) + 1];
    AUTO(profile_pool_free_cleanup) struct profile_pool *pool = profile_pool_new();
    memset(text, 'x', sizeof(text));
    add(pool, &rows[1], text, sizeof(text));
    add(pool, &rows[2], "x", 1);
    profile_pool_close(pool);
    const struct profile_offer *found = profile_pool_find(pool, PROFILE_SECCOMP, "web.json", "b/pod.yaml");
    cr_assert_not_null(found);
    cr_expect_str_eq(found->path, rows[2].path);
    cr_expect(profile_pool_is_cut(pool));
}
