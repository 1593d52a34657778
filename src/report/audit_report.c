#include "report/audit_report.h"

#include <string.h>

#include "report/audit_writers.h"

const struct audit_report audit_reports[] = {
    {"text", "for people: the offending lines, why, and what to write instead", audit_write_text},
    {"json", "for programs: everything, as profgen-audit(5) documents it", audit_write_json},
    {"sarif", "SARIF 2.1.0 for code scanning", audit_write_sarif},
    {"junit", "JUnit XML for the test view of a CI server", audit_write_junit},
    {"github", "annotations of a GitHub Actions run", audit_write_github},
    {"markdown", "for a comment on a pull request", audit_write_markdown},
    {0},
};

const struct audit_report *audit_report_find(const char *name)
{
    for (const struct audit_report *report = audit_reports; report->name; report++)
        if (strcmp(report->name, name) == 0)
            return report;
    return NULL;
}
