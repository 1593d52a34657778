/*
 * The writers behind the table of audit_report.h, one file each.
 */
#pragma once

#include "report/audit_report.h"

void audit_write_text(const struct audit_result *result, const struct audit_report_options *options,
                      struct sink *out);
void audit_write_json(const struct audit_result *result, const struct audit_report_options *options,
                      struct sink *out);
void audit_write_junit(const struct audit_result *result, const struct audit_report_options *options,
                       struct sink *out);
void audit_write_github(const struct audit_result *result, const struct audit_report_options *options,
                        struct sink *out);
void audit_write_sarif(const struct audit_result *result, const struct audit_report_options *options,
                       struct sink *out);
void audit_write_markdown(const struct audit_result *result, const struct audit_report_options *options,
                          struct sink *sink);
