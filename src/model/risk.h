/*
 * How risky a system call is, and why: judgements that are data (profiles/syscall-risk.csv, risk-tags.csv
 * and risk-arguments.csv).
 */
#pragma once

#include "data.h"
#include "model/recording.h"

enum risk_level { RISK_NONE, RISK_LOW, RISK_MEDIUM, RISK_HIGH };

struct risk {
    enum risk_level level;
    const char *why; /* in words; borrowed from the tables; "" with RISK_NONE */
    const struct data_syscall_risk *facts; /* NULL when the tables say nothing about the call */
};

/* "none", "low", "medium", "high". */
const char *risk_level_name(enum risk_level level);
/* RISK_NONE when unknown. */
enum risk_level risk_level_from_name(const char *name);
/* What the tables say about a call by name, whatever its arguments. */
struct risk risk_of_syscall(const char *name);
/* The same in the light of the arguments that were recorded, where these make the difference. */
struct risk risk_of_call(const char *name, const struct call_record *call);
