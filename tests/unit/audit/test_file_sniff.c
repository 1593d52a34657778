#include "audit/file_sniff.h"

#include <criterion/criterion.h>

#include "base/mem.h"

Test(file_sniff, what_should_have_been_audited_if_it_could_be_read)
{
    static const struct {
        const char *path, *text;
        bool looks;
    } rows[] = {
        {"deploy/app.yaml", "a: [", true},
        {"APP.YML", "a: [", true},
        {"Dockerfile", "?", true},
        {"Dockerfile.web", "?", true},
        {"dockerfile.c", "?", false},
        {"compose.c", "\nservices:\n", false},
        {"notes.md", "apiVersion: v1\n", false},
        {"manifest", "apiVersion: v1\n  kind", true},
        {"manifest", "nothing: of the kind", false},
        {"dump", "{\"HostConfig\": ", true},
        {"Makefile", "all:\n\tcc", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO_SOURCE struct source source = SOURCE_INIT;
        source.path = rows[i].path;
        buf_add_text(&source.bytes, rows[i].text);
        cr_expect_eq(file_looks_audited(&source), rows[i].looks, "%s", rows[i].path);
    }
}
