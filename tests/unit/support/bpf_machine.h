/*
 * The part of classic BPF that seccomp filters use, run step by step as the kernel defines it
 * (Documentation/userspace-api/seccomp_filter.rst, kernel/seccomp.c seccomp_check_filter).
 */
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the program returns for the call. False on an instruction that a seccomp filter cannot have, a jump out
 * of the program, or a missing return. steps (may be NULL) counts the instructions. */
bool bpf_machine_run(const struct sock_filter *program, size_t length, const struct seccomp_data *data,
                     uint32_t *ret_value, size_t *steps);
