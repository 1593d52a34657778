#include "audit/profile_places.h"

#include <string.h>
#include <sys/stat.h>

static const char *directory_of(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? arena_dup(arena, path, (size_t)(slash - path) + 1) : "";
}

static bool is_there(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

static bool is_file(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static bool is_standard_input(const struct collector *collector)
{
    return strcmp(collector->path, "-") == 0;
}

/* ---- seccomp ------------------------------------------------------------------------------------------- */

/* The name of a kubelet's profile is a path below its directory; any other is refused by the API server. */
static bool stays_below(const char *name)
{
    AUTO_FREE char *wrapped = mem_printf("/%s/", name);
    return name[0] != '/' && !strstr(wrapped, "/../");
}

const char *profile_places_of_kubernetes(const struct collector *collector, const char *name)
{
    static const char *const beside[] = {"", "seccomp/", "../", "../seccomp/"};
    struct arena *arena = collector->arena;
    if (!stays_below(name))
        return NULL;
    if (collector->profile_root) {
        const char *path = arena_printf(arena, "%s/%s", collector->profile_root, name);
        return is_there(path) ? path : NULL;
    }
    for (size_t i = 0; !is_standard_input(collector) && i < ARRAY_COUNT(beside); i++) {
        const char *path = arena_printf(arena, "%s%s%s", directory_of(arena, collector->path), beside[i], name);
        if (is_there(path))
            return path;
    }
    return NULL;
}

const char *profile_places_of_compose(const struct collector *collector, const char *name)
{
    struct arena *arena = collector->arena;
    if (name[0] != '/' && is_standard_input(collector))
        return NULL;
    const char *path = name[0] == '/' ? name : arena_printf(arena, "%s%s", directory_of(arena, collector->path), name);
    return is_there(path) ? path : NULL;
}

/* ---- AppArmor ------------------------------------------------------------------------------------------ */

static const char *const directories[] = {"", "apparmor/", "apparmor.d/", "../", "../apparmor/", "../apparmor.d/"};
enum { BELOW = 3 }; /* of these; the others lie one up */
static const char *const endings[] = {"", ".profile", ".apparmor"};
/* What profgen emit writes when it is told no name. */
static const char emitted[] = "apparmor.profile";

void profile_places_of_apparmor(struct profile_places *places, const struct collector *collector, const char *name)
{
    struct arena *arena = collector->arena;
    char *file = arena_strdup(arena, name + (name[0] == '/'));
    for (char *at = file; (at = strchr(at, '/'));)
        *at = '.';
    bool usable = file[0] != '\0' && file[0] != '.' && strlen(file) < 256 - sizeof(".apparmor");
    *places = (struct profile_places){.collector = collector, .name = usable ? file : NULL};
    if (collector->profile_root)
        places->base = arena_printf(arena, "%s/", collector->profile_root);
    else if (is_standard_input(collector))
        places->name = NULL;
    else
        places->base = directory_of(arena, collector->path);
}

const char *profile_places_next(struct profile_places *places)
{
    struct arena *arena = places->collector->arena;
    size_t names = ARRAY_COUNT(endings) + 1;
    size_t end = names * (places->collector->profile_root ? BELOW : ARRAY_COUNT(directories));
    while (places->name && places->next < end) {
        const char *directory = directories[places->next / names];
        size_t ending = places->next++ % names;
        AUTO_FREE char *path = ending < ARRAY_COUNT(endings)
                                   ? mem_printf("%s%s%s%s", places->base, directory, places->name, endings[ending])
                                   : mem_printf("%s%s%s", places->base, directory, emitted);
        if (is_file(path))
            return arena_strdup(arena, path);
    }
    return NULL;
}
