/*
 * AppArmorProfile of the Security Profiles Operator as the AppArmor text that the operator loads.
 */
#pragma once

#include "audit/collect.h"

/* From spec.policy, which is such text, or spec.abstract. NULL when the object has neither; what is no path or name is missed. ret_text
 * is for whoever reads it again; the statements stand where the words stand that they were made of. */
const struct node *operator_apparmor_read(struct collector *collector, const char *name, const struct node *spec, const char **ret_text);
