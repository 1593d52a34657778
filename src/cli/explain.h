/*
 * The forms in which profgen explain speaks: text for people, a list, JSON.
 */
#pragma once

#include <stdio.h>

#include "audit/rule.h"
#include "model/capability.h"
#include "report/sheet.h"

/* One thing that is explained: exactly one of the three is set. */
struct topic {
    const struct rule *rule;
    const struct data_capabilities *capability;
    const char *syscall;
};

void explain_text(const struct topic *topics, size_t count, const struct sheet *sheet);
/* Of rules alone. */
void explain_list(const struct topic *topics, size_t count, const struct sheet *sheet);
void explain_json(const struct topic *topics, size_t count, FILE *out);
