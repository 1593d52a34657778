/*
 * The profiles among statements of AppArmor as subjects, wherever the text stands.
 */
#pragma once

#include "audit/collect.h"

/* Every profile, child and hat becomes a subject with the namespace and metadata of `in`; their names are told to the context. How many there were. */
size_t apparmor_document_profiles(struct collector *collector, const struct node *statements, const struct subject *in);
/* The names of the profiles that stand side by side; children cannot be named by a container. */
const char *const *apparmor_document_names(struct arena *arena, const struct node *statements, size_t *ret_count);
