#include "audit/profile_offer.h"

#include <string.h>

enum { NEARNESS_STEP = 1024 };

const char *profile_offer_base(const char *name)
{
    const char *slash = strrchr(name, '/');
    return slash ? slash + 1 : name;
}

/* NAME.json; a name that ends so already stays as it is. */
static bool is_file_of(const char *file, size_t length, const char *name)
{
    size_t own = strlen(name);
    bool ended = own >= 5 && strcmp(name + own - 5, ".json") == 0;
    return length == own + (ended ? 0 : 5) && memcmp(file, name, own) == 0 && (ended || strncmp(file + own, ".json", 5) == 0);
}

static bool object_serves(const struct profile_offer *offer, const char *wanted)
{
    const char *base = profile_offer_base(wanted);
    size_t before = (size_t)(base - wanted);
    if (!is_file_of(base, strlen(base), offer->names[0]))
        return false;
    if (before == 0)
        return true;
    if (strncmp(wanted, "operator/", 9) != 0)
        return false;
    const char *space = wanted + 9;
    if (before == 9)
        return true;
    size_t length = before - 10;
    return !memchr(space, '/', length) &&
           (!offer->namespace_ || (strlen(offer->namespace_) == length && memcmp(space, offer->namespace_, length) == 0));
}

static bool file_serves(const struct profile_offer *offer, const char *wanted)
{
    size_t own = strlen(offer->names[0]), length = strlen(wanted);
    return length > 0 && own >= length && strcmp(offer->names[0] + own - length, wanted) == 0 &&
           (own == length || offer->names[0][own - length - 1] == '/');
}

static bool name_serves(const struct profile_offer *offer, const char *wanted)
{
    for (size_t i = 0; i < offer->name_count; i++)
        if (strcmp(offer->names[i], wanted) == 0)
            return true;
    return false;
}

bool profile_offer_serves(const struct profile_offer *offer, const char *wanted)
{
    switch (offer->by) {
    case OFFER_BY_OBJECT:
        return object_serves(offer, wanted);
    case OFFER_BY_FILE:
        return file_serves(offer, wanted);
    case OFFER_BY_KEY:
        return strcmp(offer->names[0], profile_offer_base(wanted)) == 0;
    case OFFER_BY_NAME:
        return name_serves(offer, wanted);
    }
    return false;
}

size_t profile_offer_nearness(const char *one, const char *other)
{
    size_t common = 0, further = 0, i = 0;
    for (; one[i] && one[i] == other[i]; i++)
        common += one[i] == '/';
    for (; one[i]; i++)
        further += one[i] == '/';
    return common * NEARNESS_STEP + (further < NEARNESS_STEP ? NEARNESS_STEP - 1 - further : 0);
}
