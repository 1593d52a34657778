#include "model/aa_needs.h"

#include <ctype.h>
#include <string.h>
#include <sys/socket.h>

#include "model/aa_glob_impl.h"
#include "model/capability.h"

void aa_needs_done(struct aa_needs *needs)
{
    for (size_t i = 0; i < needs->count; i++)
        free(needs->items[i].path);
    free(needs->items);
    *needs = (struct aa_needs){0};
}

/*
 * Linux security/apparmor/{lsm,file}.c, 6.1: opening to write, creating, removing, truncating, chmod and chown ask
 * for what w grants; a rename asks for reading and writing of the old name. Changing times asks for nothing
 * today; it is taken for a write so that a kernel that does ask breaks nothing. Connecting to a socket file
 * asks for nothing in 6.1 and for rw in kernels that mediate UNIX sockets. Metadata, chdir and failed look-ups
 * ask for nothing.
 */
static const struct {
    access_mask did;
    aa_mask needs;
} ACCESS_NEEDS[] = {
    {ACCESS_READ | ACCESS_LIST, AA_READ},
    {ACCESS_WRITE | ACCESS_CREATE | ACCESS_TRUNCATE | ACCESS_DELETE | ACCESS_CHMOD | ACCESS_CHOWN | ACCESS_MKNOD |
         ACCESS_SETTIME | ACCESS_BIND,
     AA_WRITE},
    {ACCESS_APPEND, AA_APPEND},
    {ACCESS_RENAME | ACCESS_CONNECT, AA_READ | AA_WRITE},
    {ACCESS_LINK, AA_LINK},
    {ACCESS_EXEC, AA_EXEC},
    {ACCESS_MAP_EXEC, AA_MAP_EXEC},
    {ACCESS_LOCK, AA_LOCK},
};

aa_mask aa_permissions_of(access_mask did)
{
    aa_mask needs = 0;
    for (size_t i = 0; i < ARRAY_COUNT(ACCESS_NEEDS); i++)
        if (did & ACCESS_NEEDS[i].did)
            needs |= ACCESS_NEEDS[i].needs;
    return needs & AA_WRITE ? needs & ~(aa_mask)AA_APPEND : needs;
}

static bool is_directory(const struct path_record *record, access_mask did)
{
    return record->type == FILE_DIRECTORY || (record->type == FILE_UNKNOWN && (did & ACCESS_LIST));
}

static int compare_needs(const void *a, const void *b)
{
    const struct aa_need *left = a;
    const struct aa_need *right = b;
    return strcmp(left->path, right->path);
}

static void add_need(struct aa_needs *needs, const struct recording *recording, const struct path_record *record,
                     aa_mask wanted, bool directory)
{
    size_t length;
    const char *path = intern_get(recording->strings, record->path, &length);
    bool slash = directory && (length == 0 || path[length - 1] != '/');
    char *copy = mem_resize(NULL, length + slash + 1, 1);
    memcpy(copy, path, length);
    memcpy(copy + length, slash ? "/" : "", (size_t)slash + 1);
    MEM_GROW(needs->items, needs->count, needs->capacity);
    needs->items[needs->count++] =
        (struct aa_need){.path = copy,
                         .length = length + slash,
                         .wanted = wanted,
                         .record = record};
}

/* A path that several images used becomes one. */
static void unite_needs(struct aa_needs *needs)
{
    size_t kept = 0;
    if (needs->count > 0)
        qsort(needs->items, needs->count, sizeof(*needs->items), compare_needs);
    for (size_t i = 0; i < needs->count; i++) {
        if (kept > 0 && strcmp(needs->items[kept - 1].path, needs->items[i].path) == 0) {
            needs->items[kept - 1].wanted |= needs->items[i].wanted;
            free(needs->items[i].path);
        } else {
            needs->items[kept++] = needs->items[i];
        }
    }
    needs->count = kept;
    for (size_t i = 0; i < kept; i++)
        if (needs->items[i].wanted & AA_WRITE)
            needs->items[i].wanted &= ~(aa_mask)AA_APPEND;
}

const char *aa_need_image(const struct recording *recording, const struct aa_need *need)
{
    uint32_t image = need->record->image;
    return image < recording->image_count ? recording_text(recording, recording->images[image].path) : NULL;
}

void aa_needs_collect_each(const struct recording *recording, struct aa_needs *ret)
{
    struct aa_needs needs = {0};
    for (size_t i = 0; i < recording->path_count; i++) {
        const struct path_record *record = &recording->paths[i];
        access_mask did = record->did[PHASE_STARTUP] | record->did[PHASE_SERVING];
        aa_mask wanted = aa_permissions_of(did);
        const char *path = recording_text(recording, record->path);
        if (wanted && path && path[0] == '/')
            add_need(&needs, recording, record, wanted, is_directory(record, did));
    }
    *ret = needs;
}

void aa_needs_collect(const struct recording *recording, struct aa_needs *ret)
{
    aa_needs_collect_each(recording, ret);
    unite_needs(ret);
}

/* ---- names -------------------------------------------------------------------------------- */

/* As apparmor_parser 3.0 knows them; socket(2) has the numbers. */
static const struct {
    unsigned number;
    const char *name;
} FAMILIES[] = {
    {AF_UNIX, "unix"},         {AF_INET, "inet"},           {AF_AX25, "ax25"},
    {AF_IPX, "ipx"},           {AF_APPLETALK, "appletalk"}, {AF_NETROM, "netrom"},
    {AF_BRIDGE, "bridge"},     {AF_ATMPVC, "atmpvc"},       {AF_X25, "x25"},
    {AF_INET6, "inet6"},       {AF_ROSE, "rose"},           {AF_NETBEUI, "netbeui"},
    {AF_SECURITY, "security"}, {AF_KEY, "key"},             {AF_NETLINK, "netlink"},
    {AF_PACKET, "packet"},     {AF_ASH, "ash"},             {AF_ECONET, "econet"},
    {AF_ATMSVC, "atmsvc"},     {AF_RDS, "rds"},             {AF_SNA, "sna"},
    {AF_IRDA, "irda"},         {AF_PPPOX, "pppox"},         {AF_WANPIPE, "wanpipe"},
    {AF_LLC, "llc"},           {AF_IB, "ib"},               {AF_MPLS, "mpls"},
    {AF_CAN, "can"},           {AF_TIPC, "tipc"},           {AF_BLUETOOTH, "bluetooth"},
    {AF_IUCV, "iucv"},         {AF_RXRPC, "rxrpc"},         {AF_ISDN, "isdn"},
    {AF_PHONET, "phonet"},     {AF_IEEE802154, "ieee802154"}, {AF_CAIF, "caif"},
    {AF_ALG, "alg"},           {AF_NFC, "nfc"},             {AF_VSOCK, "vsock"},
    {AF_KCM, "kcm"},           {AF_QIPCRTR, "qipcrtr"},     {AF_SMC, "smc"},
    {AF_XDP, "xdp"},           {45, "mctp"},
};
static const char *const TYPES[] = {[SOCK_STREAM] = "stream", [SOCK_DGRAM] = "dgram",         [SOCK_RAW] = "raw",
                                    [SOCK_RDM] = "rdm",       [SOCK_SEQPACKET] = "seqpacket", [SOCK_PACKET] = "packet"};

const char *aa_family_name(unsigned family)
{
    for (size_t i = 0; i < ARRAY_COUNT(FAMILIES); i++)
        if (FAMILIES[i].number == family)
            return FAMILIES[i].name;
    return NULL;
}

const char *aa_family_at(size_t index)
{
    return index < ARRAY_COUNT(FAMILIES) ? FAMILIES[index].name : NULL;
}

const char *aa_socket_type_name(unsigned type)
{
    return type < ARRAY_COUNT(TYPES) ? TYPES[type] : NULL;
}

char *aa_capability_name(int number)
{
    const struct data_capabilities *capability = capability_get(number);
    char *name = capability ? mem_strdup(capability->capability + strlen("CAP_")) : NULL;
    for (char *c = name; c && *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return name;
}

/* The first need that does not come before the prefix or, when past is set, before everything that begins with it. */
static size_t bound(const struct aa_needs *needs, const char *prefix, size_t length, bool past)
{
    size_t low = 0;
    size_t high = needs->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct aa_need *need = &needs->items[middle];
        size_t common = need->length < length ? need->length : length;
        int order = memcmp(need->path, prefix, common);
        if (order == 0 && need->length < length)
            order = -1;
        if (order < 0 || (past && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct aa_need_range aa_needs_range(const struct aa_needs *needs, const char *prefix, size_t length)
{
    if (length == 0)
        return (struct aa_need_range){0, needs->count};
    return (struct aa_need_range){bound(needs, prefix, length, false), bound(needs, prefix, length, true)};
}

aa_mask aa_needs_used(const struct aa_needs *needs, const struct aa_glob *glob, aa_mask access)
{
    aa_mask used = 0;
    struct aa_need_range range = aa_needs_range(needs, glob->prefix, glob->prefix_length);
    for (size_t i = range.first; i < range.end; i++) {
        const struct aa_need *need = &needs->items[i];
        aa_mask wanted = need->wanted & AA_APPEND ? need->wanted | AA_WRITE : need->wanted;
        if ((wanted & access & ~used) && aa_glob_match(glob, need->path, need->length))
            used |= wanted & access;
    }
    return used;
}
