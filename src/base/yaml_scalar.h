/*
 * What a plain YAML scalar is: null, a bool, a number or text, as go-yaml v2 (which kubectl uses) resolves it.
 */
#pragma once

#include "base/node.h"

/* Sets kind and integer of a node whose text and length are set. */
void yaml_scalar_resolve(struct node *node);
