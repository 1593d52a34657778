/* The file rules of two AppArmor profiles compared (private to the model). */
#pragma once

#include "model/apparmor_policy.h"
#include "model/diff.h"

void apparmor_file_diff(const struct apparmor_policy *a, const struct apparmor_policy *b, struct diff *diff);
