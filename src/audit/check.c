#include "audit/check.h"

#include <string.h>

#include "audit/checks.h"

const struct check checks[] = {
    {.name = "pss",
     .summary = "One check of the Pod Security Standards, `check`, at the level and version asked for by --pss.",
     .parameters = (const char *const[]){"check", NULL},
     .run = check_pss},
    {0},
};

const struct check *check_find(const char *name)
{
    for (const struct check *check = checks; check->name; check++)
        if (strcmp(check->name, name) == 0)
            return check;
    return NULL;
}
