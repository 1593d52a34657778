/*
 * Linux capabilities: names, numbers and what each is good for (profiles/capabilities.csv).
 *
 * struct data_capabilities is the row as made from that file: capability ("CAP_SYS_ADMIN"), number,
 * operations, risk ("low" to "critical", the list's own judgement), docker_default, ….
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data.h"

size_t capability_count(void);
/* By number; NULL above the last known one. */
const struct data_capabilities *capability_get(int number);
/* With or without CAP_, in any case; NULL when unknown. */
const struct data_capabilities *capability_by_name(const char *name);

/* "docker" (its default set), "all", "none", or names parted by commas; bit per number. -EINVAL names what is not
 * known. */
int capability_set_parse(const char *text, uint64_t *ret, struct err *err);
