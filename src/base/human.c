#include "base/human.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

const char *human_count(uint64_t count, char buffer[static HUMAN_MAX])
{
    char digits[24];
    int length = snprintf(digits, sizeof(digits), "%" PRIu64, count);
    char *out = buffer;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            *out++ = ',';
        *out++ = digits[i];
    }
    *out = '\0';
    return buffer;
}

const char *human_bytes(uint64_t bytes, char buffer[static HUMAN_MAX])
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    if (bytes < 1024) {
        (void)snprintf(buffer, HUMAN_MAX, "%" PRIu64 " %s", bytes, bytes == 1 ? "byte" : "bytes");
        return buffer;
    }
    size_t unit = 0;
    double value = (double)bytes;
    /* So that nothing prints as 1024.0. */
    while (value >= 1023.95) {
        value /= 1024;
        unit++;
    }
    (void)snprintf(buffer, HUMAN_MAX, "%.1f %s", value, units[unit]);
    return buffer;
}

const char *human_duration(uint64_t nanoseconds, char buffer[static HUMAN_MAX])
{
    double seconds = (double)nanoseconds / 1e9;
    uint64_t whole = nanoseconds / 1000000000;
    if (nanoseconds < 1000000)
        (void)snprintf(buffer, HUMAN_MAX, "%" PRIu64 " us", nanoseconds / 1000);
    else if (nanoseconds < 1000000000)
        (void)snprintf(buffer, HUMAN_MAX, "%" PRIu64 " ms", nanoseconds / 1000000);
    else if (whole < 100)
        (void)snprintf(buffer, HUMAN_MAX, "%.1f s", seconds);
    else if (whole < 7200)
        (void)snprintf(buffer, HUMAN_MAX, "%" PRIu64 " min %" PRIu64 " s", whole / 60, whole % 60);
    else
        (void)snprintf(buffer, HUMAN_MAX, "%" PRIu64 " h %" PRIu64 " min", whole / 3600, whole / 60 % 60);
    return buffer;
}

const char *human_time(int64_t seconds, char buffer[static HUMAN_MAX])
{
    time_t when = (time_t)seconds;
    struct tm parts;
    if (!gmtime_r(&when, &parts) || strftime(buffer, HUMAN_MAX, "%Y-%m-%d %H:%M:%S UTC", &parts) == 0)
        (void)snprintf(buffer, HUMAN_MAX, "%" PRId64 " s after 1970", seconds);
    return buffer;
}

const char *human_plural(uint64_t count, const char *one, const char *many, char buffer[static HUMAN_MAX])
{
    char *end = strchr(human_count(count, buffer), '\0');
    (void)snprintf(end, (size_t)(buffer + HUMAN_MAX - end), " %s", count == 1 ? one : many);
    return buffer;
}
