/*
 * libseccomp does not free the nodes that its trees lose (seccomp_tree_hold.c counts them as it does). Leak
 * checking stays on for everything else. Included by the one source of a test program.
 */
#pragma once

const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libseccomp.so\n";
}
