/*
 * Text that stands in a scalar of a document (a ConfigMap's value, an option of docker inspect), read as a tree of its own.
 *
 * Its nodes say where they stand in the file itself: to the line and column where the scalar is a literal block of YAML (|), which the file's bytes
 * decide; else all of them where the scalar stands.
 */
#pragma once

#include "audit/collect.h"

/* JSON, one document. name is for sentences. */
int embedded_json(const struct collector *collector, const struct node *scalar, const char *name, const struct node **ret, struct err *err);
/* AppArmor text as a list of statements (apparmor_text.h); what stood before an error is in it. */
int embedded_apparmor(const struct collector *collector, const struct node *scalar, const char *name, const struct node **ret, struct err *err);
/* Every node of a tree that was read from elsewhere and is the arena's stands where `where` does. */
void embedded_stands_at(const struct node *tree, const struct node *where);
/* The text of a scalar in base64 (binaryData); NULL when it is none. */
const char *embedded_base64(struct arena *arena, const char *text, size_t *ret_length);
