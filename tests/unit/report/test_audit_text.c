#include <criterion/criterion.h>
#include <string.h>

#include "audit_sample.h"

static const struct audit_report_options plain = {.width = 80};

Test(audit_text, a_mixed_result)
{
    AUTO_FREE char *got = report_of("text", &sample_mixed, &plain);
    cr_expect_str_eq(got, "deploy/api.yaml: Deployment shop/api\n"
                          "\n"
                          "  critical  deploy/api.yaml:24:13  PG101 privileged-container\n"
                          "            The container runs privileged\n"
                          "         24 |             privileged: true\n"
                          "            |             ^^^^^^^^^^^^^^^^ container app\n"
                          "       fix: set privileged to false, or leave it out\n"
                          "\n"
                          "  medium    deploy/api.yaml:18:11  PG305 seccomp-unset\n"
                          "            No seccomp profile is set\n"
                          "         18 |         - name: app\n"
                          "            |           ^^^^^^^^^ container app\n"
                          "         30 |         - name: sidecar\n"
                          "            |           ^^^^^^^^^^^^^ container sidecar\n"
                          "       fix: securityContext:\n"
                          "              seccompProfile:\n"
                          "                type: RuntimeDefault\n"
                          "\n"
                          "chart/x.yaml: docker daemon\n"
                          "\n"
                          "  high      chart/x.yaml  PG120 capability-added\n"
                          "            Adds SYS_ADMIN\n"
                          "       fix: leave it out\n"
                          "\n"
                          "Skipped:\n"
                          "  README.md  holds no manifest\n"
                          "\n"
                          "Not read, or only in part:\n"
                          "  chart/x.yaml:3  a template that has not been rendered\n"
                          "\n"
                          "Pod Security v1.37: 1 pod restricted, 1 pod privileged\n"
                          "  privileged  Deployment shop/api  deploy/api.yaml:1\n"
                          "  restricted  Pod tidy  deploy/api.yaml:40\n"
                          "\n"
                          "1 critical, 1 high, 2 medium\n"
                          "in 4 files (1 skipped, 1 with errors), 4 documents, 3 subjects; 1 suppressed\n");
}

Test(audit_text, clean_is_one_line)
{
    AUTO_FREE char *clean = report_of("text", &sample_clean, &plain);
    cr_expect_str_eq(clean, "No findings in 1 file, 1 document, 2 subjects\n");
    AUTO_FREE char *nothing = report_of("text", &sample_nothing, &plain);
    cr_expect_str_eq(nothing, "Nothing to audit in 0 files, 0 documents, 0 subjects\n");
}

Test(audit_text, verbose_also_says_what_is_accepted_and_what_is_clean)
{
    AUTO_FREE char *got = report_of("text", &sample_mixed, &(struct audit_report_options){.width = 80, .verbose = true});
    static const char *const parts[] = {
        "  low       deploy/api.yaml:30:11  PG410 memory-unlimited\n"
        "            There is no memory limit\n"
        "         30 |         - name: sidecar\n"
        "            |           ^ container sidecar\n"
        "  accepted: measured in ticket 12 (comment)\n"
        "\n",
        "       why: A privileged container has every capability and every device of the\n"
        "            host.\n"
        "       see: CIS Docker 1.6 5.5, https://example.org/privileged\n",
        "Without findings:\n"
        "  ok.yaml  compose, 1 document, 2 subjects\n"
        "\n",
    };
    for (size_t i = 0; i < ARRAY_COUNT(parts); i++)
        cr_expect(strstr(got, parts[i]), "part %zu is not in:\n%s", i, got);
}

/* What is left of a coloured report without its colours is the plain one. */
Test(audit_text, colour_adds_nothing_else)
{
    AUTO_FREE char *want = report_of("text", &sample_mixed, &plain);
    AUTO_FREE char *got = report_of("text", &sample_mixed, &(struct audit_report_options){.width = 80, .color = true});
    cr_expect(strstr(got, "\033[1;31mcritical\033[0m"));
    cr_expect(strstr(got, "         ^^^^^^^^^\033[0m \033[33mcontainer app\033[0m"));
    size_t length = 0;
    for (const char *from = got; *from;) {
        if (*from == '\033')
            from = strchr(from, 'm') + 1;
        else
            got[length++] = *from++;
    }
    got[length] = '\0';
    cr_expect_str_eq(got, want);
}

/* The report of one finding with these words, up to the line with the sums. */
static char *one_finding(struct finding *finding, unsigned width)
{
    struct audit_file file = {.path = "f", .kind = "kubernetes", .status = FILE_READ, .documents = 1, .subjects = 1};
    struct sample result = {.files = &file, .file_count = 1, .findings = finding, .finding_count = 1};
    finding->rule = &sample_rules[0];
    finding->severity = SEVERITY_HIGH;
    finding->line = 7;
    finding->subject.kind = "Pod";
    char *text = report_of("text", &result, &(struct audit_report_options){.width = width});
    char *end = strstr(text, "\n1 high");
    cr_assert(end);
    *end = '\0';
    return text;
}

Test(audit_text, excerpts)
{
    static const struct {
        const char *excerpt;
        uint32_t column, end_column;
        const char *line, *marks;
    } rows[] = {
        {"a: b", 1, 5, "a: b", "^^^^"},
        {"a: b \r", 4, 0, "a: b", "   ^"},
        {"a: b", 0, 0, "a: b", NULL},
        {"a: b", 9, 12, "a: b", "    ^"}, /* behind the end */
        {"a: b", 2, 1, "a: b", " ^"},     /* ends before it begins */
        {"a: b", 3, 99, "a: b", "  ^^"},
        {"\ta:\tb", 2, 4, "    a:    b", "    ^^"},
        {"a: \"\\d\"", 4, 8, "a: \"\\d\"", "   ^^^^"},
        {"\xc3\xa9: b", 5, 6, "\xc3\xa9: b", "   ^"},                          /* one column, two bytes */
        {"\xe4\xbd\xa0: b", 6, 7, "\xe4\xbd\xa0: b", "    ^"},                 /* two columns, three bytes */
        {"\x1b[2J: b", 7, 8, "\\x1b[2J: b", "         ^"},                     /* a control character */
        {"\xff: b", 1, 2, "\\xff: b", "^^^^"},                                 /* no UTF-8 */
        {"\xe2\x80\xae: b", 6, 7, "\\xe2\\x80\\xae: b", "              ^"},    /* right to left */
        {"0123456789012345678901234", 1, 3, "0123456789012345678901234", "^^"}, /* 26 columns are left */
        {"012345678901234567890123456", 1, 3, "01234567890123456789012...", "^^"},
        {"012345678901234567890123456", 25, 28, "...45678901234567890123456", "                       ^^^"},
        {"01234567890123456789012345678901234567890123456789", 26, 28, "...90123456789012345678...", "         ^^"},
        /* The part fits when what is in front of it is cut. */
        {"          key: 123456789 # and more words", 16, 25, "... key: 123456789 # an...", "         ^^^^^^^^^"},
        {"          key: 1234567890123456789012345 # and", 16, 41, "...12345678901234567890...", "   ^^^^^^^^^^^^^^^^^^^^"},
        {"", 1, 2, "", "^"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct finding finding = {.message = "m", .column = rows[i].column, .end_column = rows[i].end_column,
                                  .excerpt = rows[i].excerpt};
        AUTO_FREE char *got = one_finding(&finding, 40);
        AUTO_FREE char *line = mem_printf("\n          7 | %s\n", rows[i].line);
        cr_expect(strstr(got, line), "row %zu:\n%s", i, got);
        AUTO_FREE char *marks = mem_printf("\n            | %s\n", rows[i].marks ? rows[i].marks : "");
        cr_expect(!rows[i].marks || strstr(got, marks), "row %zu:\n%s", i, got);
    }
}

/* Seven places of one rule, the last of them in another container and with words of its own. */
Test(audit_text, many_places_of_one_rule_are_folded)
{
    struct audit_file file = {.path = "f", .kind = "kubernetes", .status = FILE_READ, .documents = 1, .subjects = 1};
    struct finding findings[8];
    for (uint32_t i = 0; i < ARRAY_COUNT(findings); i++)
        findings[i] = (struct finding){.rule = &sample_rules[1],
                                       .severity = SEVERITY_HIGH,
                                       .line = 10 + i,
                                       .column = 1,
                                       .path = "",
                                       .subject = {.kind = "Pod", .container = i == 3 ? "b" : "a"},
                                       .message = i == 1 ? "Other words on container a" : "Adds it",
                                       .remediation = "drop it",
                                       .excerpt = "- X"};
    findings[7].remediation = "drop that";
    struct sample result = {
        .files = &file, .file_count = 1, .findings = findings, .finding_count = ARRAY_COUNT(findings)};
    AUTO_FREE char *got = report_of("text", &result, &plain);
    cr_expect_str_eq(got, "f: Pod\n"
                          "\n"
                          "  high      f:10:1  PG120 capability-added\n"
                          "            Adds it\n"
                          "         10 | - X\n"
                          "            | ^ container a\n"
                          "            Other words on container a\n"
                          "         11 | - X\n"
                          "            | ^\n"
                          "            Adds it\n"
                          "         12 | - X\n"
                          "            | ^ container a\n"
                          "         13 | - X\n"
                          "            | ^ container b\n"
                          "            and 3 more, on lines 14, 15, 16\n"
                          "       fix: drop it\n"
                          "\n"
                          "  high      f:17:1  PG120 capability-added\n"
                          "            Adds it\n"
                          "         17 | - X\n"
                          "            | ^ container a\n"
                          "       fix: drop that\n"
                          "\n"
                          "8 high in 1 file, 1 document, 1 subject\n");
}

Test(audit_text, many_skipped_files_share_their_reasons)
{
    struct audit_file files[14];
    for (size_t i = 0; i < ARRAY_COUNT(files); i++)
        files[i] = (struct audit_file){.path = i == 5 ? "five" : "other", .kind = "", .status = FILE_SKIPPED,
                                       .reason = i == 5 ? "is binary" : "holds no manifest"};
    files[13] = (struct audit_file){.path = "-", .kind = "", .status = FILE_ERROR, .reason = "is a directory"};
    struct sample result = {.files = files, .file_count = ARRAY_COUNT(files)};
    AUTO_FREE char *got = report_of("text", &result, &plain);
    cr_expect_str_eq(got, "Skipped:\n"
                          "  other and 11 more: holds no manifest\n"
                          "  five  is binary\n"
                          "\n"
                          "Not read, or only in part:\n"
                          "  <stdin>  is a directory\n"
                          "\n"
                          "Nothing to audit\n"
                          "in 14 files (13 skipped, 1 with errors), 0 documents, 0 subjects\n");
}
