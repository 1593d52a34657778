/*
 * A result in which every string is the same hostile bytes.
 */
#pragma once

#include "audit_sample.h"

static const char *const hostile_texts[] = {
    "\x1b[2J\x1b]0;owned\x07 \xc2\x9b",
    "\r\n::error file=x::injected\n::set-output name=a::b\r",
    "\xff\xfe\x80 \xc0\xaf \xed\xa0\x80 \xf4\x90\x80\x80 \xc3",
    "\xe2\x80\xae right \xe2\x81\xa6 left \xe2\x80\xa8 \xef\xbb\xbf \xef\xbf\xbe \xef\xbf\xbf",
    "\"'</testcase></failure>]]><!-- --><x a=\"&amp;&#0;\">",
    "`|*_~[a](javascript:alert(1)) @everyone #1 <script>alert(1)</script> ```\n```",
    "%0A%3A,: 100% {0} {{x}} [a](1)",
    "\\x41 \\u0041 \\\\ \" \x01\x02\x1f\x7f",
    "../../etc/a b?c#d:e",
    "\xf0\x9f\x98\x80\xe4\xbd\xa0\xcc\x81 \t tabs",
    "%s%n%1000000d",
    " ",
    "\n",
};

struct hostile {
    const char *references[1];
    struct rule_info rule;
    const struct rule_info *rules[1];
    struct audit_file files[3];
    struct finding findings[2];
    struct audit_pod pods[1];
    struct audit_recording recordings[2]; /* their strings are borrowed here */
    struct sample result;
};

static inline void hostile_init(struct hostile *hostile, const char *text)
{
    *hostile = (struct hostile){.references = {text}};
    hostile->rule = (struct rule_info){.id = text, .name = text, .title = text, .severity = SEVERITY_HIGH, .why = text,
                                       .fix = text, .references = hostile->references, .reference_count = 1,
                                       .pss_level = text, .pss_check = text};
    hostile->rules[0] = &hostile->rule;
    for (size_t i = 0; i < ARRAY_COUNT(hostile->files); i++)
        hostile->files[i] = (struct audit_file){.path = text, .kind = text, .status = (enum file_status)i,
                                                .reason = i ? text : NULL, .reason_line = (uint32_t)i};
    for (size_t i = 0; i < ARRAY_COUNT(hostile->findings); i++)
        hostile->findings[i] = (struct finding){.rule = &hostile->rule, .severity = SEVERITY_HIGH, .line = 3, .column = 2,
                                                .end_column = 6, .path = text, .subject = {text, text, text, text},
                                                .message = text, .remediation = text, .excerpt = text,
                                                .suppressed_reason = i ? text : NULL, .suppressed_by = text};
    hostile->pods[0] = (struct audit_pod){.subject = {text, text, text, text}, .level = "baseline", .version = "v1.37"};
    for (size_t i = 0; i < ARRAY_COUNT(hostile->recordings); i++)
        hostile->recordings[i] = (struct audit_recording){.name = (char *)(uintptr_t)text, .containers = 2, .tie = "the name",
                                                          .container = i ? NULL : (char *)(uintptr_t)text,
                                                          .why = i ? (char *)(uintptr_t)text : NULL};
    hostile->result = (struct sample){.files = hostile->files, .file_count = ARRAY_COUNT(hostile->files),
                                      .findings = hostile->findings, .finding_count = ARRAY_COUNT(hostile->findings),
                                      .pods = hostile->pods, .pod_count = 1, .rules = hostile->rules, .rule_count = 1,
                                      .recordings = hostile->recordings, .recording_count = ARRAY_COUNT(hostile->recordings)};
}
