/* Names as Kubernetes and Compose want them. */
#include "base/label.h"
#include "emit/target.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/mem.h"

#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static const struct {
    const char *name;
    bool label, subdomain, service, file;
    const char *nearest; /* label */
} rows[] = {
    {"nginx", true, true, true, true, "nginx"},
    {"redis-server", true, true, true, true, "redis-server"},
    {"7", true, true, true, true, "7"},
    {"web.example", false, true, true, true, "web-example"},
    {"My_App", false, false, true, true, "my-app"},
    {"-a", false, false, true, true, "a"},
    {"a-", false, false, true, true, "a"},
    {".a", false, false, true, false, "a"},
    {"a..b", false, false, true, true, "a--b"},
    {"", false, false, false, false, "workload"},
    {"a b", false, false, false, false, "a-b"},
    {"a/b", false, false, false, false, "a-b"},
    {"a\nb", false, false, false, false, "a-b"},
    {"../a", false, false, false, false, "a"},
    {"caf\xc3\xa9", false, false, false, false, "caf"},
    {"\xff", false, false, false, false, "workload"},
    {X50 "xxxxxxxxxxxxx", true, true, true, true, X50 "xxxxxxxxxxxxx"},
    {X50 "xxxxxxxxxxxxxx", false, false, true, true, X50 "xxxxxxxxxxxxx"},
};

Test(target, names)
{
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct err err = ERR_INIT;
        cr_expect_eq(label_is(rows[i].name, strlen(rows[i].name)), rows[i].label, "%s", rows[i].name);
        cr_expect_eq(target_is_subdomain(rows[i].name), rows[i].subdomain, "%s", rows[i].name);
        cr_expect_eq(target_is_path_part(rows[i].name), rows[i].file, "%s", rows[i].name);
        cr_expect_eq(target_check_service(rows[i].name, &err) == 0, rows[i].service, "%s", rows[i].name);
        cr_expect_eq(target_check_label("a container", rows[i].name, &err) == 0, rows[i].label, "%s", rows[i].name);
        AUTO_FREE char *nearest = label_of(rows[i].name, LABEL_MAX, "workload");
        cr_expect_str_eq(nearest, rows[i].nearest);
        cr_expect(label_is(nearest, strlen(nearest)));
    }
}

Test(target, kinds_are_sorted_and_named)
{
    for (size_t i = 0; i < workload_kind_count; i++) {
        cr_expect_str_eq(workload_kind_names[i], workload_kinds[i].name);
        cr_expect_eq(workload_kind_find(workload_kinds[i].name), &workload_kinds[i]);
        cr_expect(i == 0 || strcmp(workload_kinds[i - 1].name, workload_kinds[i].name) < 0);
    }
    cr_expect_null(workload_kind_names[workload_kind_count]);
    cr_expect_eq(workload_kind_find("cronjob"), workload_kind_find("CronJob"));
    cr_expect_null(workload_kind_find("Rollout"));
    cr_expect_null(workload_kind_find(""));
}
