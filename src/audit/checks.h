/*
 * The functions of the rows of checks[]: one file for each family.
 */
#pragma once

#include "audit/check.h"

void check_pss(const struct check_call *call); /* check_pss.c */
