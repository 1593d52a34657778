/*
 * What an audit is to do: the command line over the project file over the defaults.
 */
#pragma once

#include "audit/audit.h"
#include "audit/project.h"
#include "audit/used_recordings.h"
#include "base/strings.h"

struct audit_settings {
    /* of the command line; NULL or 0 when not said */
    const char *fail_on, *severity, *pss, *baseline, *config, *profile_root;
    bool no_config, strict;
    char **only, **skip, **rules, **exclude, **recordings;
    size_t only_count, skip_count, rules_count, exclude_count, recordings_count;

    /* what came of it */
    struct arena *arena;
    struct project project;
    struct rule_set *rule_set;
    struct used_recordings *used; /* NULL when nothing is to be held against any */
    enum severity fail_from; /* SEVERITY_COUNT: never */
    enum severity least;
    struct judge_options judge;
};

/* Reads the project file (--config, or .profgen.yaml in the current directory), and the rules. */
int audit_settings_resolve(struct audit_settings *settings, struct err *err);
void audit_settings_done(struct audit_settings *settings);
