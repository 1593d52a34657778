/* Labels as RFC 1123 has them: what Kubernetes wants names of containers, volumes and objects to be. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { LABEL_MAX = 63 };

/* Small letters, digits and hyphens, with no hyphen at either end. */
bool label_is(const char *text, size_t length);
/* The nearest label of at most max bytes (LABEL_MAX and less) to any text: "My_App" gives "my-app"; otherwise where nothing of it can
 * stand in one. Owned by the caller. */
char *label_of(const char *text, size_t max, const char *otherwise);
