#include "support/bpf_machine.h"

#include <string.h>

static bool jump_taken(const struct sock_filter *at, uint32_t accumulator, bool *ret_taken)
{
    switch (BPF_OP(at->code)) {
    case BPF_JEQ:
        *ret_taken = accumulator == at->k;
        return true;
    case BPF_JGT:
        *ret_taken = accumulator > at->k;
        return true;
    case BPF_JGE:
        *ret_taken = accumulator >= at->k;
        return true;
    case BPF_JSET:
        *ret_taken = (accumulator & at->k) != 0;
        return true;
    default:
        return false;
    }
}

static bool load(const struct sock_filter *at, const struct seccomp_data *data, uint32_t *accumulator)
{
    if (at->k > sizeof(*data) - 4 || at->k % 4 != 0)
        return false;
    memcpy(accumulator, (const char *)data + at->k, 4);
    return true;
}

bool bpf_machine_run(const struct sock_filter *program, size_t length, const struct seccomp_data *data,
                     uint32_t *ret_value, size_t *steps)
{
    uint32_t accumulator = 0;
    for (size_t at = 0; at < length; at++) {
        const struct sock_filter *now = &program[at];
        bool taken;
        if (steps)
            ++*steps;
        if (now->code == (BPF_RET | BPF_K)) {
            *ret_value = now->k;
            return true;
        }
        if (now->code == (BPF_LD | BPF_W | BPF_ABS)) {
            if (!load(now, data, &accumulator))
                return false;
        } else if (now->code == (BPF_ALU | BPF_AND | BPF_K)) {
            accumulator &= now->k;
        } else if (now->code == (BPF_JMP | BPF_JA)) {
            at += now->k;
        } else if (BPF_CLASS(now->code) == BPF_JMP && BPF_SRC(now->code) == BPF_K &&
                   jump_taken(now, accumulator, &taken)) {
            at += taken ? now->jt : now->jf;
        } else {
            return false;
        }
    }
    return false;
}
