/*
 * Turns profiles/syscalls.csv (through csv2c's table) into sorted rows and number indexes.
 *
 *   syscalls2c OUTPUT.h
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data.h"

enum { ABIS = 6, DENSE_MAX = 1024 };
static const char *const abi_names[ABIS] = {"ABI_X86_64", "ABI_I386", "ABI_X32", "ABI_AARCH64", "ABI_ARM", "ABI_RISCV64"};

static int number_of(const struct data_syscalls *row, int abi)
{
    const int numbers[ABIS] = {row->x86_64, row->i386, row->x32, row->aarch64, row->arm, row->riscv64};
    return numbers[abi];
}

static int compare_rows(const void *a, const void *b)
{
    const struct data_syscalls *const *left = a;
    const struct data_syscalls *const *right = b;
    return strcmp((*left)->name, (*right)->name);
}

/* "6.18" as 6018; the third part of 2.6.N is dropped; "" as 0. */
static unsigned parse_version(const char *text)
{
    char *end;
    unsigned long major = strtoul(text, &end, 10);
    unsigned long minor = *end == '.' ? strtoul(end + 1, &end, 10) : 0;
    return (unsigned)(major * 1000 + minor);
}

static void write_index(FILE *out, const struct data_syscalls *const *rows, int abi)
{
    int index[DENSE_MAX];
    int highest = -1;
    memset(index, 0xff, sizeof(index));
    for (size_t i = 0; i < data_syscalls_count; i++) {
        int number = number_of(rows[i], abi);
        if (number < 0 || number >= DENSE_MAX)
            continue;
        if (index[number] >= 0) {
            (void)fprintf(stderr, "%s and %s share number %d\n", rows[index[number]]->name, rows[i]->name, number);
            exit(1);
        }
        index[number] = (int)i;
        highest = number > highest ? number : highest;
    }
    (void)fprintf(out, "static const short syscall_numbers_%d[] = {", abi);
    for (int i = 0; i <= highest; i++)
        (void)fprintf(out, "%s%d,", i % 16 ? " " : "\n    ", index[i]);
    (void)fputs("\n};\n", out);
}

int main(int argc, char **argv)
{
    FILE *out = argc == 2 ? fopen(argv[1], "we") : NULL;
    if (!out) {
        (void)fputs("usage: syscalls2c OUTPUT.h\n", stderr);
        return 2;
    }
    const struct data_syscalls **rows = calloc(data_syscalls_count, sizeof(*rows));
    if (!rows)
        return 1;
    for (size_t i = 0; i < data_syscalls_count; i++)
        rows[i] = &data_syscalls[i];
    qsort(rows, data_syscalls_count, sizeof(*rows), compare_rows);
    (void)fputs("/* Made from profiles/syscalls.csv by tools/syscalls2c.c. */\n"
                "#pragma once\n#include \"model/syscall.h\"\n\n"
                "static const struct syscall syscall_rows[] = {\n",
                out);
    for (size_t i = 0; i < data_syscalls_count; i++) {
        (void)fprintf(out, "    {\"%s\", {", rows[i]->name);
        for (int abi = 0; abi < ABIS; abi++)
            (void)fprintf(out, "[%s] = %d, ", abi_names[abi], number_of(rows[i], abi));
        (void)fprintf(out, "}, %u},\n", parse_version(rows[i]->since_kernel));
    }
    (void)fputs("};\nstatic const size_t syscall_row_count = sizeof(syscall_rows) / sizeof(syscall_rows[0]);\n\n", out);
    for (int abi = 0; abi < ABIS; abi++)
        write_index(out, rows, abi);
    (void)fputs("\nstruct syscall_index {\n    const short *rows;\n    size_t count;\n};\n"
                "static const struct syscall_index syscall_indexes[ABI_COUNT] = {\n",
                out);
    for (int abi = 0; abi < ABIS; abi++)
        (void)fprintf(out, "    [%s] = {syscall_numbers_%d, sizeof(syscall_numbers_%d) / sizeof(short)},\n",
                      abi_names[abi], abi, abi);
    (void)fputs("};\n", out);
    free(rows);
    return fclose(out) ? 1 : 0;
}
