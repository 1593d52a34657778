/*
 * Advice as text for people and as JSON for programs ("schema": "profgen-advice/1").
 */
#pragma once

#include <stdio.h>

#include "model/advice.h"
#include "report/sheet.h"

void advice_text(const struct advice *advice, const struct sheet *sheet);
void advice_json(const struct advice *advice, FILE *out);
