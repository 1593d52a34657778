/* The small forms of the report, byte by byte. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <string.h>

#include "audit_sample.h"
#include "base/file.h"
#include "base/human.h"

static const struct audit_report_options plain = {.width = 80};

Test(audit_forms, github)
{
    AUTO_FREE char *mixed = report_of("github", &sample_mixed, &plain);
    cr_expect_str_eq(
        mixed,
        "::warning file=chart/x.yaml,line=3,title=not audited::line 3: a template that has not been rendered\n"
        "::error file=deploy/api.yaml,line=24,col=13,endColumn=28,title=PG101 privileged-container::Deployment shop/api, "
        "container app: The container runs privileged%0AFix: set privileged to false, or leave it out\n"
        "::error file=chart/x.yaml,title=PG120 capability-added::docker daemon: Adds SYS_ADMIN%0AFix: leave it out\n"
        "::warning file=deploy/api.yaml,line=18,col=11,endColumn=19,title=PG305 seccomp-unset::Deployment shop/api, "
        "container app: No seccomp profile is set%0AFix:%0AsecurityContext:%0A  seccompProfile:%0A    type: "
        "RuntimeDefault\n"
        "::warning file=deploy/api.yaml,line=30,col=11,endColumn=23,title=PG305 seccomp-unset::Deployment shop/api, "
        "container sidecar: No seccomp profile is set%0AFix:%0AsecurityContext:%0A  seccompProfile:%0A    type: "
        "RuntimeDefault\n"
        "profgen audit: 1 critical, 1 high, 2 medium in 4 files (1 skipped, 1 with errors), 4 documents, 3 subjects; "
        "1 suppressed\n");
    AUTO_FREE char *clean = report_of("github", &sample_clean, &plain);
    cr_expect_str_eq(clean, "profgen audit: no findings in 1 file, 1 document, 2 subjects\n");
}

/* A result of one finding; severity, path and words are set by each test. */
struct one {
    struct rule_info rule;
    struct audit_file file;
    struct finding finding;
    struct sample result;
};

static void one_init(struct one *one, const char *path, enum severity severity, const char *excerpt)
{
    *one = (struct one){
        .rule = {.id = "X1", .name = "a:b,c", .title = "t", .why = "w", .fix = "f"},
        .file = {.path = path, .kind = "kubernetes", .status = FILE_READ, .documents = 1, .subjects = 1},
        .finding = {.severity = severity, .line = 2, .column = 5, .end_column = 6, .path = "", .message = "50%",
                    .subject = {.kind = "Pod"}, .remediation = "", .excerpt = excerpt},
    };
    one->finding.rule = &one->rule;
    one->result = (struct sample){
        .files = &one->file, .file_count = 1, .findings = &one->finding, .finding_count = 1};
}

Test(audit_forms, github_levels_paths_and_columns)
{
    static const struct {
        const char *path;
        enum severity severity;
        const char *excerpt, *expect;
    } rows[] = {
        {"./a.yaml", SEVERITY_HIGH, "a: b", "::error file=a.yaml,line=2,col=5,title="},
        {"a,b:c%.yaml", SEVERITY_MEDIUM, "a: b", "::warning file=a%2Cb%3Ac%25.yaml,line=2,col=5,title="},
        {"a", SEVERITY_LOW, "\xf0\x9f\x98\x80: b", "::notice file=a,line=2,col=3,title="}, /* two units, four bytes */
        {"a", SEVERITY_INFO, NULL, "::notice file=a,line=2,col=5,title="},
        {"-", SEVERITY_CRITICAL, "a: b", "::error title="},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct one one;
        one_init(&one, rows[i].path, rows[i].severity, rows[i].excerpt);
        AUTO_FREE char *got = report_of("github", &one.result, &plain);
        AUTO_FREE char *want = mem_printf("%sX1 a%%3Ab%%2Cc::Pod: 50%%25\nprofgen audit: 1 %s in 1 file, 1 document, 1 subject\n",
                                          rows[i].expect, severity_name(rows[i].severity));
        cr_expect_str_eq(got, want, "row %zu: %s", i, got);
    }
}

Test(audit_forms, sarif_uris)
{
    static const struct {
        const char *path, *expect;
    } rows[] = {
        {"a/b.yaml", "{\"uri\": \"a/b.yaml\", \"uriBaseId\": \"%SRCROOT%\"}"},
        {".//./a b#?.yaml", "{\"uri\": \"a%20b%23%3F.yaml\", \"uriBaseId\": \"%SRCROOT%\"}"},
        {"c:d%\xff", "{\"uri\": \"c%3Ad%25%FF\", \"uriBaseId\": \"%SRCROOT%\"}"},
        {"../a..b/c", "{\"uri\": \"../a..b/c\"}"},
        {"a..b/c", "{\"uri\": \"a..b/c\", \"uriBaseId\": \"%SRCROOT%\"}"},
        {"/etc/x", "{\"uri\": \"file:///etc/x\"}"},
        {"//x", "{\"uri\": \"file:///x\"}"},
        {"-", "{\"uri\": \"stdin\"}"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct one one;
        one_init(&one, rows[i].path, SEVERITY_LOW, NULL);
        AUTO_FREE char *got = report_of("sarif", &one.result, &plain);
        AUTO_FREE char *want = mem_printf("\"artifactLocation\": %s,\n", rows[i].expect);
        cr_expect(strstr(got, want), "row %zu: %s", i, got);
    }
}

Test(audit_forms, sarif_regions)
{
    static const struct {
        const char *excerpt;
        uint32_t line, column, end_column;
        const char *expect;
    } rows[] = {
        {"a: b", 2, 4, 5,
         "\"region\": {\"startLine\": 2, \"endLine\": 2, \"startColumn\": 4, \"endColumn\": 5, \"snippet\": {\"text\": \"b\"}},\n"
         "        \"contextRegion\": {\"startLine\": 2, \"endLine\": 2, \"snippet\": {\"text\": \"a: b\"}}\n"},
        {"a: b", 2, 1, 5,
         "\"region\": {\"startLine\": 2, \"endLine\": 2, \"startColumn\": 1, \"endColumn\": 5, \"snippet\": {\"text\": \"a: b\"}}\n"},
        {"\xf0\x9f\x98\x80: b", 2, 7, 0,
         "\"region\": {\"startLine\": 2, \"endLine\": 2, \"startColumn\": 5, \"endColumn\": 6, \"snippet\": {\"text\": \"b\"}},\n"},
        {"a: b", 2, 9, 99,
         "\"region\": {\"startLine\": 2, \"endLine\": 2, \"startColumn\": 5, \"endColumn\": 5, \"snippet\": {\"text\": \"\"}},\n"},
        {"a: b", 2, 0, 0, "\"region\": {\"startLine\": 2, \"endLine\": 2, \"snippet\": {\"text\": \"a: b\"}}\n"},
        {NULL, 2, 4, 5, "\"region\": {\"startLine\": 2, \"endLine\": 2}\n"},
        {NULL, 0, 0, 0, "\"region\": {\"startLine\": 1, \"endLine\": 1}\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct one one;
        one_init(&one, "f", SEVERITY_LOW, rows[i].excerpt);
        one.finding.line = rows[i].line;
        one.finding.column = rows[i].column;
        one.finding.end_column = rows[i].end_column;
        AUTO_FREE char *got = report_of("sarif", &one.result, &plain);
        cr_expect(strstr(got, rows[i].expect), "row %zu: %s", i, got);
    }
}

/* Lines as long as a file, as kubectl writes JSON for programs, are not looked at. */
Test(audit_forms, very_long_lines_are_not_shown)
{
    AUTO_FREE char *line = mem_zero(1, (1 << 20) + 1);
    memset(line, 'x', 1 << 20);
    for (const struct audit_report *report = audit_reports; report->name; report++) {
        struct one one;
        one_init(&one, "f", SEVERITY_LOW, line);
        one.finding.path = "items[3]";
        AUTO_FREE char *got = report_of(report->name, &one.result, &plain);
        cr_expect_lt(strlen(got), 3000, "%s", report->name);
    }
    struct one one;
    one_init(&one, "f", SEVERITY_LOW, line);
    one.finding.path = "items[3]";
    AUTO_FREE char *text = report_of("text", &one.result, &plain);
    cr_expect(strstr(text, "            50%\n            at items[3]\n"), "%s", text);
}

Test(audit_forms, sarif_suppressions)
{
    static const struct {
        const char *by, *kind;
    } rows[] = {
        {"comment", "inSource"}, {"annotation", "inSource"}, {"project file", "external"}, {"baseline", "external"}};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct one one;
        one_init(&one, "f", SEVERITY_LOW, NULL);
        one.finding.suppressed_reason = "ok";
        one.finding.suppressed_by = rows[i].by;
        AUTO_FREE char *got = report_of("sarif", &one.result, &plain);
        AUTO_FREE char *want = mem_printf(
            "\"suppressions\": [{\"kind\": \"%s\", \"status\": \"accepted\", \"justification\": \"ok\"}]", rows[i].kind);
        cr_expect(strstr(got, want), "%s: %s", rows[i].by, got);
    }
}

Test(audit_forms, junit)
{
    AUTO_FREE char *clean = report_of("junit", &sample_clean, &plain);
    cr_expect_str_eq(clean, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                            "<testsuites name=\"profgen audit\" tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\">\n"
                            " <testsuite name=\"ok.yaml\" tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\">\n"
                            "  <testcase classname=\"ok.yaml\" name=\"no findings\" file=\"ok.yaml\"></testcase>\n"
                            " </testsuite>\n"
                            "</testsuites>\n");
    struct one one;
    one_init(&one, "f", SEVERITY_HIGH, "a: <b>");
    one.finding.remediation = "x\ny & \"z\"";
    AUTO_FREE char *got = report_of("junit", &one.result, &plain);
    cr_expect(strstr(got, "  <testcase classname=\"f\" name=\"X1 a:b,c: Pod\" file=\"f\" line=\"2\">"
                          "<failure type=\"high\" message=\"50%\">high: f:2:5\na: &#60;b&#62;\n"
                          "fix:\nx\ny &#38; \"z\"</failure></testcase>\n"),
              "%s", got);
}

Test(audit_forms, markdown)
{
    struct one one;
    one_init(&one, "f", SEVERITY_HIGH, NULL);
    one.finding.message = "a|b <c> `d` e_f _g_";
    one.finding.remediation = "x:\n  y";
    AUTO_FREE char *got = report_of("markdown", &one.result, &plain);
    cr_expect_str_eq(got, "**profgen audit**: 1 high in 1 file, 1 document, 1 subject\n"
                          "\n"
                          "<details open><summary>high: 1</summary>\n"
                          "\n"
                          "| Where | Rule | Finding |\n"
                          "| --- | --- | --- |\n"
                          "| <code>f:2:5</code> | X1 a:b,c | Pod: a&#124;b &#60;c&#62; &#96;d&#96; e_f &#95;g&#95;"
                          "<details><summary>Fix</summary><pre>x:<br>  y</pre></details> |\n"
                          "\n"
                          "</details>\n");
    AUTO_FREE char *clean = report_of("markdown", &sample_clean, &plain);
    cr_expect_str_eq(clean, "**profgen audit**: no findings in 1 file, 1 document, 2 subjects\n");
}

/* A comment on GitHub has at most 65,536 characters; what has no room is counted. */
Test(audit_forms, markdown_fits_into_a_comment)
{
    enum { COUNT = 3000 };
    struct one one;
    one_init(&one, "f", SEVERITY_LOW, NULL);
    AUTO_FREE struct finding *findings = mem_zero(COUNT, sizeof(*findings));
    for (size_t i = 0; i < COUNT; i++)
        findings[i] = one.finding;
    one.result.findings = findings;
    one.result.finding_count = COUNT;
    AUTO_FREE char *got = report_of("markdown", &one.result, &plain);
    size_t rows = 0;
    for (const char *row = got; (row = strstr(row, "\n| <code>")); row++)
        rows++;
    cr_expect_gt(rows, 500);
    cr_expect_lt(strlen(got), 65536);
    char number[HUMAN_MAX];
    AUTO_FREE char *left = mem_printf("\n%s left out here, where a comment has no room for more.\n",
                                      human_plural(COUNT - rows, "row was", "rows were", number));
    cr_expect(strstr(got, left), "%zu rows, and: %s", rows, strrchr(got, '>'));
}

Test(audit_forms, json)
{
    struct one one;
    one_init(&one, "f", SEVERITY_HIGH, NULL);
    one.finding.fingerprint = 0xab;
    one.finding.end_column = 0;
    AUTO_FREE char *got = report_of("json", &one.result, &plain);
    cr_expect_str_eq(got, "{\n"
                          " \"schema\": \"profgen-audit/1\",\n"
                          " \"files\": [\n"
                          "  {\"path\": \"f\", \"kind\": \"kubernetes\", \"documents\": 1, \"subjects\": 1, \"status\": \"read\"}\n"
                          " ],\n"
                          " \"findings\": [\n"
                          "  {\n"
                          "   \"rule\": \"X1\",\n"
                          "   \"name\": \"a:b,c\",\n"
                          "   \"severity\": \"high\",\n"
                          "   \"layer\": \"kernel\",\n"
                          "   \"file\": \"f\",\n"
                          "   \"line\": 2,\n"
                          "   \"column\": 5,\n"
                          "   \"subject\": {\"kind\": \"Pod\"},\n"
                          "   \"message\": \"50%\",\n"
                          "   \"fingerprint\": \"00000000000000ab\"\n"
                          "  }\n"
                          " ],\n"
                          " \"pods\": [],\n"
                          " \"summary\": {\n"
                          "  \"files\": 1,\n"
                          "  \"files_read\": 1,\n"
                          "  \"files_skipped\": 0,\n"
                          "  \"files_error\": 0,\n"
                          "  \"documents\": 1,\n"
                          "  \"documents_other\": 0,\n"
                          "  \"subjects\": 1,\n"
                          "  \"pods\": 0,\n"
                          "  \"findings\": {\"critical\": 0, \"high\": 1, \"medium\": 0, \"low\": 0, \"info\": 0},\n"
                          "  \"suppressed\": 0\n"
                          " }\n"
                          "}\n");
}

/* The keys of the contract that the small result has no use for. */
Test(audit_forms, json_keys)
{
    AUTO_FREE char *got = report_of("json", &sample_mixed, &plain);
    static const char *const parts[] = {
        "{\"path\": \"README.md\", \"documents\": 0, \"subjects\": 0, \"status\": \"skipped\", \"reason\": \"holds no manifest\"}",
        "\"status\": \"error\", \"reason\": \"line 3: a template that has not been rendered\"}",
        "\"subject\": {\"kind\": \"Deployment\", \"namespace\": \"shop\", \"name\": \"api\", \"container\": \"app\"},\n",
        "   \"path\": \"spec.template.spec.containers[0]\",\n",
        "   \"remediation\": \"securityContext:\\u000a  seccompProfile:\\u000a    type: RuntimeDefault\",\n",
        "   \"references\": [\"CIS Docker 1.6 5.5\", \"https://example.org/privileged\"],\n"
        "   \"pss\": {\"level\": \"baseline\", \"check\": \"privileged\"},\n",
        "   \"suppressed\": {\"reason\": \"measured in ticket 12\", \"by\": \"comment\"}\n",
        "  {\"file\": \"deploy/api.yaml\", \"line\": 1, \"subject\": {\"kind\": \"Deployment\", \"namespace\": \"shop\", "
        "\"name\": \"api\"}, \"level\": \"privileged\", \"version\": \"v1.37\"},\n",
    };
    for (size_t i = 0; i < ARRAY_COUNT(parts); i++)
        cr_expect(strstr(got, parts[i]), "part %zu is not in:\n%s", i, got);
}

/* Every key of the object and below it stands in the manual as .Ic KEY or, among the severities, as .Cm KEY. */
static void expect_keys_in(json_t *value, const char *manual)
{
    const char *key;
    json_t *child;
    size_t i;
    json_object_foreach(value, key, child)
    {
        AUTO_FREE char *name = mem_printf("Ic %s", key);
        AUTO_FREE char *severity = mem_printf(".Cm %s", key);
        const char *found = strstr(manual, name);
        found = found ? found : strstr(manual, severity);
        cr_expect(found && strchr(" \n", found[strcspn(found + 4, " \n") + 4]), "%s is not in the manual", key);
        expect_keys_in(child, manual);
    }
    json_array_foreach(value, i, child) expect_keys_in(child, manual);
}

Test(audit_forms, json_keys_are_in_the_manual)
{
    AUTO_FREE char *text = report_of("json", &sample_mixed, &plain);
    AUTO_BUF struct buf manual = BUF_INIT;
    struct err err = ERR_INIT;
    cr_assert_eq(file_read(SOURCE_DIR "/man/profgen-audit.5", 1 << 20, &manual, &err), 0, "%s", err.sentence);
    json_t *json = json_loads(text, 0, NULL);
    cr_assert(json);
    expect_keys_in(json, buf_text(&manual));
    json_decref(json);
}
