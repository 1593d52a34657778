/*
 * Results of audits, as the tests of the reports give them to every form.
 */
#pragma once

#include <criterion/criterion.h>

#include "report/audit_report.h"
#include "sample_result.h"

/* What the report of that name says, on the heap. */
static inline char *report_of(const char *name, struct sample *sample, const struct audit_report_options *options)
{
    const struct audit_report *report = audit_report_find(name);
    cr_assert(report, "no report %s", name);
    struct audit_result result = sample_result(sample);
    struct sink out = SINK_INIT(-1);
    report->write(&result, options, &out);
    return buf_take(&out.buf);
}

static const char *const sample_references[] = {"CIS Docker 1.6 5.5", "https://example.org/privileged"};

static const struct rule_info sample_rules[] = {
    {.id = "PG101",
     .name = "privileged-container",
     .title = "The container runs privileged",
     .severity = SEVERITY_CRITICAL,
     .layer = LAYER_CONTAINER,
     .why = "A privileged container has every capability and every device of the host.",
     .fix = "privileged: false",
     .references = sample_references,
     .reference_count = 2,
     .pss_level = "baseline",
     .pss_check = "privileged"},
    {.id = "PG120",
     .name = "capability-added",
     .title = "A dangerous capability is added",
     .severity = SEVERITY_HIGH,
     .layer = LAYER_KERNEL,
     .why = "Some capabilities are as good as root on the host.",
     .fix = "Leave it out."},
    {.id = "PG305",
     .name = "seccomp-unset",
     .title = "No seccomp profile is set",
     .severity = SEVERITY_MEDIUM,
     .layer = LAYER_KERNEL,
     .why = "Without a profile every system call of the kernel is within reach.",
     .fix = "Set RuntimeDefault."},
    {.id = "PG410",
     .name = "memory-unlimited",
     .title = "There is no memory limit",
     .severity = SEVERITY_LOW,
     .layer = LAYER_ORCHESTRATION,
     .why = "",
     .fix = "Set a limit."},
};

static const struct rule_info *const sample_rule_list[] = {&sample_rules[0], &sample_rules[1], &sample_rules[2],
                                                           &sample_rules[3]};

static struct audit_file sample_files[] = {
    {.path = "deploy/api.yaml", .kind = "kubernetes", .status = FILE_READ, .documents = 2, .subjects = 1},
    {.path = "README.md", .kind = "", .status = FILE_SKIPPED, .reason = "holds no manifest"},
    {.path = "chart/x.yaml",
     .kind = "kubernetes",
     .status = FILE_ERROR,
     .reason = "a template that has not been rendered",
     .reason_line = 3,
     .documents = 1},
    {.path = "ok.yaml", .kind = "compose", .status = FILE_READ, .documents = 1, .subjects = 2},
};

static struct finding sample_findings[] = {
    {.rule = &sample_rules[2],
     .severity = SEVERITY_MEDIUM,
     .line = 18,
     .column = 11,
     .end_column = 20,
     .path = "spec.template.spec.containers[0]",
     .subject = {"Deployment", "shop", "api", "app"},
     .message = "No seccomp profile is set",
     .remediation = "securityContext:\n  seccompProfile:\n    type: RuntimeDefault",
     .excerpt = "        - name: app",
     .fingerprint = 0x1},
    {.rule = &sample_rules[0],
     .severity = SEVERITY_CRITICAL,
     .line = 24,
     .column = 13,
     .end_column = 29,
     .path = "spec.template.spec.containers[0].securityContext.privileged",
     .subject = {"Deployment", "shop", "api", "app"},
     .message = "The container runs privileged",
     .remediation = "set privileged to false, or leave it out",
     .excerpt = "            privileged: true",
     .fingerprint = 0xfedcba9876543210},
    {.rule = &sample_rules[3],
     .severity = SEVERITY_LOW,
     .line = 30,
     .column = 11,
     .end_column = 0,
     .path = "spec.template.spec.containers[1]",
     .subject = {"Deployment", "shop", "api", "sidecar"},
     .message = "There is no memory limit",
     .remediation = "",
     .excerpt = "        - name: sidecar",
     .suppressed_reason = "measured in ticket 12",
     .suppressed_by = "comment",
     .fingerprint = 0x3},
    {.rule = &sample_rules[2],
     .severity = SEVERITY_MEDIUM,
     .line = 30,
     .column = 11,
     .end_column = 24,
     .path = "spec.template.spec.containers[1]",
     .subject = {"Deployment", "shop", "api", "sidecar"},
     .message = "No seccomp profile is set",
     .remediation = "securityContext:\n  seccompProfile:\n    type: RuntimeDefault",
     .excerpt = "        - name: sidecar",
     .fingerprint = 0x4},
    {.rule = &sample_rules[1],
     .severity = SEVERITY_HIGH,
     .file = &sample_files[2],
     .path = "",
     .subject = {.kind = "docker daemon"},
     .message = "Adds SYS_ADMIN",
     .remediation = "leave it out",
     .fingerprint = 0x5},
};

static struct audit_pod sample_pods[] = {
    {.line = 1, .subject = {"Deployment", "shop", "api", NULL}, .level = "privileged", .version = "v1.37"},
    {.line = 40, .subject = {"Pod", NULL, "tidy", NULL}, .level = "restricted", .version = "v1.37"},
};

/* A file with findings, one that was skipped, one that is broken, one that is clean. */
static struct sample sample_mixed __attribute__((unused)) = {
    .files = sample_files,
    .file_count = ARRAY_COUNT(sample_files),
    .findings = sample_findings,
    .finding_count = ARRAY_COUNT(sample_findings),
    .pods = sample_pods,
    .pod_count = ARRAY_COUNT(sample_pods),
    .rules = sample_rule_list,
    .rule_count = ARRAY_COUNT(sample_rule_list),
};

/* Only the clean file. */
static struct sample sample_clean __attribute__((unused)) = {
    .files = &sample_files[3],
    .file_count = 1,
    .rules = sample_rule_list,
    .rule_count = ARRAY_COUNT(sample_rule_list),
};

static struct sample sample_nothing __attribute__((unused)) = {0};
