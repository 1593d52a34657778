/*
 * One recording that containers are held against, with all that follows from it.
 */
#pragma once

#include "audit/used_recordings.h"
#include "model/advice.h"
#include "model/workload_needs.h"

struct used_recording {
    char *name;      /* the file, or the files with commas between, for sentences */
    char *workload;  /* of WORKLOAD/CONTAINER; NULL */
    char *container; /* NULL: matched by what the input shows */
    char *program;   /* base name of the first program of the command, or of the script; NULL when there is none */
    struct recording *recording;
    struct workload_needs *needs;
    struct advice *advice;
    bool *granted;   /* by number of the native ABI: the profile that emit would write lets the call pass */
    enum abi native;
};
