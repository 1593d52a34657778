/*
 * Calls that need a capability only with certain arguments, or only for certain objects (private to trace).
 *
 * A rule says which call with which arguments, what else must hold before the call and after it, and which
 * capability its success then shows. The rules are those of capabilities(7) and of the kernel's own checks.
 * Where it cannot be told whether the call would have passed without, it is taken to need the capability:
 * one allowed too many is a lesser evil than a workload that no longer runs.
 */
#pragma once

#include "trace/call.h"

enum match_kind { MATCH_NONE, MATCH_RANGE, MATCH_BITS };

/* About the low 32 bits of an argument, which is what the kernel looks at. */
struct value_match {
    enum match_kind kind;
    int8_t arg;
    uint32_t low; /* or the bits of which one is set */
    uint32_t high;
};

typedef bool privilege_judge(struct tracer *tracer, struct thread *thread, const uint64_t *args);

struct privilege_rule {
    const char *call;
    struct value_match match[2];
    privilege_judge *before; /* asked at the entry; NULL: nothing more is needed */
    privilege_judge *after;  /* asked when it has succeeded */
    int8_t capability;
    int8_t or_else; /* serves as well, and is named where the other is not held; 0: nothing does */
    const char *why;
};

/* The rules of a call, which stand together; NULL when it has none. */
const struct privilege_rule *privilege_rules_of(const char *call, size_t *ret_count);
/* All of them, for tests. */
const struct privilege_rule *privilege_rules_all(size_t *ret_count);

/* Whether the arguments are those that the rule is about; its judges are not asked. */
bool privilege_rule_matches(const struct privilege_rule *rule, const uint64_t *args);

/* privilege_judge.c: what rules ask. */
privilege_judge judge_value_is_set, judge_priority_is_reserved, judge_is_audit_socket, judge_is_closed_netlink;
privilege_judge judge_turns_on_immutability, judge_is_file_of_another, judge_lease_of_another, judge_pipe_above_limit;
privilege_judge judge_writes_ethernet, judge_xattr_is_capability, judge_xattr_is_privileged, judge_log_is_restricted;
privilege_judge judge_perf_is_restricted, judge_locked_above_limit, judge_locks_what_comes, judge_sets_clock;
privilege_judge judge_lacks_no_new_privs, judge_fault_handling_is_restricted, judge_program_traces;
privilege_judge judge_program_is_of_network, judge_wakes_system;
/* privilege_object.c: the same. */
privilege_judge judge_process_of_another, judge_target_of_another, judge_looks_into_another, judge_chooses_pid;
privilege_judge judge_sets_real_time, judge_raises_parameter, judge_object_of_another, judge_object_is_closed;
privilege_judge judge_segment_above_limit;
/* A number in a file below /proc/sys; otherwise when there is none. */
long privilege_sysctl(const char *name, long otherwise);
/* SO_PROTOCOL of a tracee's socket; -1 when it cannot be asked. */
int privilege_socket_protocol(const struct thread *thread, int fd);
