/*
 * apparmor_parser as an oracle: its compiled policy, read and run as the kernel does.
 *
 * The binary is that of apparmor_parser -S: named values, of which only the names of profiles and the
 * "aadfa" blobs matter here. A blob is a set of tables (magic 0x1B5E783D, big-endian) that
 * security/apparmor/match.c of Linux walks; the walk is restated from its description there.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

#define ORACLE_FEATURES "/etc/apparmor.d/abi/3.0"
enum { ORACLE_PROFILES_MAX = 256, ORACLE_TRANSITIONS_MAX = 12 };

struct oracle_dfa {
    const unsigned char *tables[9]; /* by the kernel's table number: 1 accept, 2 base, 3 check, 4 default, 5 classes, 7 accept2, 8 next */
    unsigned width[9];
    uint32_t length[9];
};

struct oracle_profile {
    char name[256];
    struct oracle_dfa file;
    struct oracle_dfa other; /* network, mount, …: the policydb */
    bool has_file;
    bool has_other;
    bool hat;
    uint64_t capabilities; /* allowed */
    char transitions[ORACLE_TRANSITIONS_MAX][128]; /* names of profiles that execs lead to */
    size_t transition_count;
};

struct oracle {
    struct buf binary;
    struct oracle_profile profiles[ORACLE_PROFILES_MAX];
    size_t count;
};

static inline const char *oracle_missing(void)
{
    if (access(ORACLE_FEATURES, R_OK) != 0)
        return ORACLE_FEATURES " is not there (package apparmor)";
    int rc = system("timeout 10 apparmor_parser --version >/dev/null 2>&1");
    return rc == 0 ? NULL : "apparmor_parser cannot be run (package apparmor)";
}

static inline uint32_t oracle_be(const unsigned char *at, unsigned width)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < width; i++)
        value = value << 8 | at[i];
    return value;
}

static inline void oracle_read_dfa(const unsigned char *blob, size_t size, struct oracle_dfa *dfa)
{
    memset(dfa, 0, sizeof(*dfa));
    const unsigned char *start = blob;
    while ((size_t)(blob - start) + 4 < size && oracle_be(blob, 4) != 0x1B5E783D)
        blob++;
    const unsigned char *end = start + size;
    const unsigned char *at = blob + oracle_be(blob + 4, 4);
    while (at + 12 <= end) {
        unsigned id = oracle_be(at, 2);
        unsigned width = oracle_be(at + 2, 2);
        uint32_t length = oracle_be(at + 8, 4);
        if (id == 0 || id > 8)
            break;
        dfa->tables[id] = at + 12;
        dfa->width[id] = width;
        dfa->length[id] = length;
        at += (12 + (size_t)width * length + 7) / 8 * 8;
    }
}

static inline uint32_t oracle_cell(const struct oracle_dfa *dfa, unsigned id, uint32_t index)
{
    return index < dfa->length[id] ? oracle_be(dfa->tables[id] + (size_t)index * dfa->width[id], dfa->width[id]) : 0;
}

static inline uint32_t oracle_next(const struct oracle_dfa *dfa, uint32_t state, unsigned char byte)
{
    uint32_t class = dfa->tables[5] ? oracle_cell(dfa, 5, byte) : byte;
    for (;;) {
        uint32_t base = oracle_cell(dfa, 2, state);
        uint32_t place = (base & 0xffffff) + class;
        if (place < dfa->length[3] && oracle_cell(dfa, 3, place) == state)
            return oracle_cell(dfa, 8, place);
        state = oracle_cell(dfa, 4, state);
        if (!(base & 0x80000000))
            return state;
    }
}

static inline uint32_t oracle_walk(const struct oracle_dfa *dfa, uint32_t state, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length && state; i++)
        state = oracle_next(dfa, state, (unsigned char)bytes[i]);
    return state;
}

/* The permission bits of the owner (rule bits 0 to 6) or of others (bits 14 to 20), as apparmor_parser's. */
static inline uint32_t oracle_permissions(const struct oracle_dfa *dfa, uint32_t state, bool is_owner)
{
    uint32_t accept = state ? oracle_cell(dfa, 1, state) : 0;
    return (is_owner ? accept : accept >> 14) & 0x7f;
}

static inline uint32_t oracle_le(const unsigned char *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* At the name "flags": a struct of three numbers, of which the first tells hats; perhaps "path_flags"; the allowed
 * capabilities below 32, with three more words. Behind "caps64" those above. */
static inline void oracle_read_numbers(const unsigned char *at, const unsigned char *end, struct oracle_profile *profile)
{
    static const char path_flags[] = "\4\13\0path_flags";
    if (end - at < 64)
        return;
    profile->hat = oracle_le(at + 11) & 1;
    at += 10 + 15 + 1;
    if (memcmp(at, path_flags, sizeof(path_flags)) == 0)
        at += sizeof(path_flags) + 5;
    profile->capabilities |= oracle_le(at + 1);
}

/* "xtable": an array of strings. */
static inline void oracle_read_transitions(const unsigned char *at, const unsigned char *end, struct oracle_profile *profile)
{
    unsigned count = at[0] | (unsigned)at[1] << 8;
    for (at += 2; count-- > 0 && end - at > 3 && profile->transition_count < ORACLE_TRANSITIONS_MAX;) {
        size_t length = at[1] | (size_t)at[2] << 8;
        if (length > (size_t)(end - at - 3))
            return;
        char *name = profile->transitions[profile->transition_count++];
        for (size_t i = 0; i + 1 < length && i < 127; i++) /* a NUL ends a name space */
            name[i] = at[3 + i] ? (char)at[3 + i] : ':';
        at += 3 + length;
    }
}

static inline const char *oracle_transition(const struct oracle_profile *profile, size_t number)
{
    return number < profile->transition_count ? profile->transitions[number] : "?";
}

static inline void oracle_index(struct oracle *oracle)
{
    const unsigned char *bytes = (const unsigned char *)oracle->binary.data;
    size_t size = oracle->binary.length;
    bool policydb = false;
    for (size_t i = 0; i + 20 < size;) {
        const unsigned char *at = bytes + i;
        if (memcmp(at, "\4\10\0profile\0\7\5", 13) == 0 && oracle->count < ORACLE_PROFILES_MAX) {
            (void)snprintf(oracle->profiles[oracle->count++].name, 256, "%s", (const char *)at + 15);
            policydb = false;
            i += 15;
        } else if (memcmp(at, "\4\6\0flags\0\7\2", 11) == 0 && oracle->count > 0) {
            oracle_read_numbers(at + 0, bytes + size, &oracle->profiles[oracle->count - 1]);
            i += 11;
        } else if (memcmp(at, "\4\7\0caps64\0\7\2", 12) == 0 && oracle->count > 0) {
            oracle->profiles[oracle->count - 1].capabilities |= (uint64_t)oracle_le(at + 12) << 32;
            i += 12;
        } else if (memcmp(at, "\4\7\0xtable\0\7\13", 12) == 0 && oracle->count > 0) {
            oracle_read_transitions(at + 12, bytes + size, &oracle->profiles[oracle->count - 1]);
            i += 12;
        } else if (memcmp(at, "\4\11\0policydb\0", 12) == 0) {
            policydb = true;
            i += 12;
        } else if (memcmp(at, "\4\6\0aadfa\0\6", 10) == 0 && oracle->count > 0) {
            size_t length = at[10] | (size_t)at[11] << 8 | (size_t)at[12] << 16 | (size_t)at[13] << 24;
            size_t last = oracle->count - 1;
            if (length > size - i - 14)
                return;
            if (policydb && !oracle->profiles[last].has_other) {
                oracle_read_dfa(at + 14, length, &oracle->profiles[last].other);
                oracle->profiles[last].has_other = true;
            } else {
                oracle_read_dfa(at + 14, length, &oracle->profiles[last].file);
                oracle->profiles[last].has_file = true;
            }
            i += 14 + length;
        } else {
            i++;
        }
    }
}

/* Compiles text; false when apparmor_parser refuses it. */
static inline bool oracle_compile(const char *text, size_t length, struct oracle *oracle)
{
    memset(oracle, 0, sizeof(*oracle));
    char path[] = "/tmp/profgen-oracle.XXXXXX";
    int fd = mkstemp(path);
    if (fd < 0 || write(fd, text, length) != (ssize_t)length || close(fd) != 0)
        abort();
    char command[256];
    (void)snprintf(command, sizeof(command),
                   "timeout 60 apparmor_parser -Q -K -S -M " ORACLE_FEATURES " %s 2>/dev/null", path);
    FILE *pipe = popen(command, "r");
    for (size_t got = 1; got > 0;) {
        buf_reserve(&oracle->binary, 65536);
        got = fread(oracle->binary.data + oracle->binary.length, 1, 65536, pipe);
        oracle->binary.length += got;
    }
    int status = pclose(pipe);
    (void)unlink(path);
    if (status == 0)
        oracle_index(oracle);
    return status == 0;
}

static inline void oracle_done(struct oracle *oracle)
{
    buf_done(&oracle->binary);
}

static inline struct oracle *oracle_new(void)
{
    return mem_zero(1, sizeof(struct oracle));
}

static inline void oracle_free(struct oracle **oracle)
{
    oracle_done(*oracle);
    free(*oracle);
}

static inline const struct oracle_profile *oracle_find(const struct oracle *oracle, const char *name)
{
    for (size_t i = 0; i < oracle->count; i++)
        if (strcmp(oracle->profiles[i].name, name) == 0)
            return &oracle->profiles[i];
    return NULL;
}

/* A small generator with a fixed seed, so that a failure can be repeated. */
static inline uint32_t oracle_random(uint64_t *state, uint32_t below)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33) % below;
}
