/* Calls on sockets: which kinds, which addresses, and descriptors that come through them. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/capability.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "trace/call.h"
#include "trace/memory.h"
#include "trace/netlink_call.h"
#include "trace/phase.h"
#include "trace/privilege_rule.h"
#include "trace/thread.h"

/* Numbers of socketcall(2), linux/net.h. */
enum { SUB_SOCKET = 1, SUB_BIND = 2, SUB_CONNECT = 3, SUB_LISTEN = 4, SUB_ACCEPT = 5, SUB_SOCKETPAIR = 8,
       SUB_SENDTO = 11, SUB_SENDMSG = 16, SUB_RECVMSG = 17, SUB_ACCEPT4 = 18 };

/* AppArmor's names of the families (its network rules), in AF_ order (linux/socket.h). */
static const char *const family_names[] = {
    "unspec", "unix", "inet", "ax25", "ipx", "appletalk", "netrom", "bridge", "atmpvc", "x25", "inet6", "rose",
    "decnet", "netbeui", "security", "key", "netlink", "packet", "ash", "econet", "atmsvc", "rds", "sna", "irda",
    "pppox", "wanpipe", "llc", "ib", "mpls", "can", "tipc", "bluetooth", "iucv", "rxrpc", "isdn", "phonet",
    "ieee802154", "caif", "alg", "nfc", "vsock", "kcm", "qipcrtr", "smc", "xdp", "mctp",
};
static const char *const type_names[] = {
    [SOCK_STREAM] = "stream", [SOCK_DGRAM] = "dgram",         [SOCK_RAW] = "raw",
    [SOCK_RDM] = "rdm",       [SOCK_SEQPACKET] = "seqpacket", [10] = "packet",
};

static const char *family_name(unsigned family, char text[static 16])
{
    if (family < ARRAY_COUNT(family_names))
        return family_names[family];
    (void)snprintf(text, 16, "%u", family);
    return text;
}

static void socket_made(struct tracer *tracer, struct thread *thread, const uint64_t *args, bool pair)
{
    char number[16];
    char text[64];
    unsigned family = (unsigned)args[0];
    unsigned type = (unsigned)args[1] & 0xf; /* without SOCK_CLOEXEC and SOCK_NONBLOCK */
    const char *type_name = type < ARRAY_COUNT(type_names) && type_names[type] ? type_names[type] : "unknown";
    (void)snprintf(text, sizeof(text), "%s %s %u", family_name(family, number), type_name, (unsigned)args[2]);
    call_fact(tracer, thread, FACT_SOCKET, text, NULL, pair ? "pair" : NULL,
              (uint64_t)family << 32 | (uint64_t)type << 16 | (args[2] & 0xffff));
    if (family == AF_PACKET || (type == SOCK_RAW && family != AF_NETLINK && family != AF_UNIX))
        call_capability(tracer, thread, CAP_NET_RAW, "a raw or packet socket was made");
}

static void socket_exit(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    if (!call_succeeded(thread))
        return;
    socket_made(tracer, thread, args, false);
    descriptor_note(tracer, thread->call.result);
}

void socket_call_exit(struct tracer *tracer, struct thread *thread)
{
    socket_exit(tracer, thread, thread->call.args);
}

static void socketpair_exit(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    if (call_succeeded(thread))
        socket_made(tracer, thread, args, true);
}

void socketpair_call_exit(struct tracer *tracer, struct thread *thread)
{
    socketpair_exit(tracer, thread, thread->call.args);
}

/* ---- addresses ---------------------------------------------------------------------------------- */

union address {
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    struct sockaddr_un un;
    struct sockaddr_nl nl;
    struct sockaddr_storage storage;
    char bytes[sizeof(struct sockaddr_storage)];
};

static bool read_address(struct thread *thread, uint64_t pointer, uint64_t length, union address *ret)
{
    memset(ret, 0, sizeof(*ret));
    if (length < sizeof(sa_family_t) || length > sizeof(*ret))
        return false;
    return memory_read(thread->tid, pointer, ret, (size_t)length);
}

/* The text of an address; a UNIX path is appended by the caller, who resolves it. */
static void address_text(const union address *address, size_t length, char *text, size_t size)
{
    char host[INET6_ADDRSTRLEN] = "";
    char number[16];
    if (address->any.sa_family == AF_INET) {
        (void)inet_ntop(AF_INET, &address->in.sin_addr, host, sizeof(host));
        (void)snprintf(text, size, "inet %s:%u", host, ntohs(address->in.sin_port));
    } else if (address->any.sa_family == AF_INET6) {
        (void)inet_ntop(AF_INET6, &address->in6.sin6_addr, host, sizeof(host));
        (void)snprintf(text, size, "inet6 [%s]:%u", host, ntohs(address->in6.sin6_port));
    } else if (address->any.sa_family == AF_UNIX) {
        size_t offset = offsetof(struct sockaddr_un, sun_path);
        int name = length > offset + 1 ? (int)(length - offset - 1) : 0;
        (void)snprintf(text, size, name ? "unix @%.*s" : "unix unnamed", name, address->un.sun_path + 1);
    } else {
        (void)snprintf(text, size, "%s", family_name(address->any.sa_family, number));
    }
}

static bool has_unix_path(const union address *address, size_t length)
{
    return address->any.sa_family == AF_UNIX && length > offsetof(struct sockaddr_un, sun_path) &&
           address->un.sun_path[0] != '\0';
}

static void used_address(struct tracer *tracer, struct thread *thread, enum fact_kind kind,
                         const union address *address, size_t length)
{
    char text[sizeof(struct sockaddr_un) + PATH_MAX];
    struct resolved resolved;
    access_mask did = kind == FACT_BIND ? ACCESS_BIND | ACCESS_CREATE : ACCESS_CONNECT;
    address_text(address, length, text, sizeof(text));
    if (has_unix_path(address, length)) {
        char path[sizeof(address->un.sun_path) + 1] = "";
        memcpy(path, address->un.sun_path, sizeof(address->un.sun_path));
        if (!resolve_path(tracer, thread, RESOLVE_CWD, path, true, &resolved))
            return;
        call_record_path(tracer, thread, &resolved, call_succeeded(thread) ? did : ACCESS_PROBE);
        (void)snprintf(text, sizeof(text), "unix %s", recording_text(tracer->recording, resolved.path));
    }
    if (call_succeeded(thread) || call_error(thread) == EINPROGRESS)
        call_fact(tracer, thread, kind, text, NULL, NULL, 0);
}

static void bind_exit(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    union address address;
    if (!read_address(thread, args[1], args[2], &address))
        return;
    used_address(tracer, thread, FACT_BIND, &address, (size_t)args[2]);
    bool internet = address.any.sa_family == AF_INET || address.any.sa_family == AF_INET6;
    unsigned port = ntohs(address.in.sin_port); /* at the same place in sockaddr_in6 */
    /* ip_unprivileged_port_start: ip-sysctl in the kernel's documentation. */
    if (internet && call_succeeded(thread) && port > 0 &&
        port < privilege_sysctl("net/ipv4/ip_unprivileged_port_start", 1024))
        call_capability(tracer, thread, CAP_NET_BIND_SERVICE, "a port below the unprivileged range was bound");
    if (address.any.sa_family == AF_NETLINK && call_succeeded(thread) && address.nl.nl_groups != 0)
        netlink_groups_joined(tracer, thread, args);
}

static void connect_exit(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    union address address;
    if (read_address(thread, args[1], args[2], &address) && address.any.sa_family != AF_UNSPEC)
        used_address(tracer, thread, FACT_CONNECT, &address, (size_t)args[2]);
}

void bind_call_exit(struct tracer *tracer, struct thread *thread)
{
    bind_exit(tracer, thread, thread->call.args);
}

void connect_call_exit(struct tracer *tracer, struct thread *thread)
{
    connect_exit(tracer, thread, thread->call.args);
}

/* The address of a tracee's socket, asked of a copy of its descriptor. */
static bool own_address(const struct thread *thread, int fd, union address *ret, socklen_t *ret_length)
{
    AUTO_CLOSE int copy = thread_copy_descriptor(thread, fd);
    memset(ret, 0, sizeof(*ret));
    *ret_length = sizeof(*ret);
    return copy >= 0 && getsockname(copy, &ret->any, ret_length) == 0;
}

static void listen_exit(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    char text[sizeof(struct sockaddr_un) + 16] = "";
    union address address;
    socklen_t length;
    if (!call_succeeded(thread))
        return;
    tracer->saw_listen = true;
    if (own_address(thread, (int)args[0], &address, &length)) {
        address_text(&address, length, text, sizeof(text));
        if (has_unix_path(&address, length))
            (void)snprintf(text, sizeof(text), "unix %.*s", (int)sizeof(address.un.sun_path), address.un.sun_path);
    }
    call_fact(tracer, thread, FACT_LISTEN, text[0] ? text : NULL, NULL, NULL, 0);
}

void listen_call_exit(struct tracer *tracer, struct thread *thread)
{
    listen_exit(tracer, thread, thread->call.args);
}

/* ---- messages ----------------------------------------------------------------------------------- */

/* msghdr in the width of the ABI: name, name length, iov, iov count, control, control length, flags. Here with the
 * first part of what is sent. */
struct message {
    uint64_t name;
    uint64_t name_length;
    uint64_t control;
    uint64_t control_length;
    uint64_t bytes;
    uint64_t length;
};

static void sent_to(struct tracer *tracer, struct thread *thread, int fd, const struct message *message)
{
    union address address;
    if (message->name == 0 || !read_address(thread, message->name, message->name_length, &address))
        return;
    used_address(tracer, thread, FACT_CONNECT, &address, (size_t)message->name_length);
    if (address.any.sa_family == AF_NETLINK)
        netlink_sent(tracer, thread, fd, message->bytes, message->length);
}

static void sendto_entry(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    struct message message = {.name = args[4], .name_length = args[5], .bytes = args[1], .length = args[2]};
    sent_to(tracer, thread, (int)args[0], &message);
}

void sendto_call_entry(struct tracer *tracer, struct thread *thread)
{
    sendto_entry(tracer, thread, thread->call.args);
}

static bool read_message(struct thread *thread, enum abi abi, uint64_t pointer, struct message *ret)
{
    if (abi == ABI_X86_64 || abi == ABI_AARCH64 || abi == ABI_RISCV64) {
        uint64_t words[6];
        if (!memory_read(thread->tid, pointer, words, sizeof(words)))
            return false;
        *ret = (struct message){words[0], (uint32_t)words[1], words[4], words[5], 0, 0};
        uint64_t part[2];
        if (words[0] && words[3] && memory_read(thread->tid, words[2], part, sizeof(part))) {
            ret->bytes = part[0];
            ret->length = part[1];
        }
        return true;
    }
    uint32_t words[6];
    if (!memory_read(thread->tid, pointer, words, sizeof(words)))
        return false;
    *ret = (struct message){words[0], words[1], words[4], words[5], 0, 0};
    uint32_t part[2];
    if (words[0] && words[3] && memory_read(thread->tid, words[2], part, sizeof(part))) {
        ret->bytes = part[0];
        ret->length = part[1];
    }
    return true;
}

static void sendmsg_entry(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    struct message message;
    if (read_message(thread, thread->call.abi, args[1], &message))
        sent_to(tracer, thread, (int)args[0], &message);
}

void sendmsg_call_entry(struct tracer *tracer, struct thread *thread)
{
    sendmsg_entry(tracer, thread, thread->call.args);
}

static void descriptors_came(struct tracer *tracer, struct thread *thread, const int32_t *fds, size_t count)
{
    struct resolved resolved;
    for (size_t i = 0; i < count; i++) {
        descriptor_note(tracer, fds[i]);
        if (resolve_descriptor(tracer, thread, fds[i], &resolved))
            call_record_path(tracer, thread, &resolved, ACCESS_INHERIT | ACCESS_READ);
    }
}

/* Descriptors sent by another process (SCM_RIGHTS): their files are in this process's hands now. */
static void recvmsg_exit(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    struct message message;
    char control[1024];
    bool wide = arch_get(thread->call.abi)->is_64_bit && thread->call.abi != ABI_X32;
    size_t header = wide ? 16 : 12;
    if (!call_succeeded(thread) || !read_message(thread, thread->call.abi, args[1], &message))
        return;
    size_t length = message.control_length < sizeof(control) ? (size_t)message.control_length : sizeof(control);
    if (length <= header || !memory_read(thread->tid, message.control, control, length))
        return;
    for (size_t at = 0; at + header <= length;) {
        uint64_t size = 0;
        int32_t level_type[2];
        memcpy(&size, control + at, wide ? 8 : 4);
        memcpy(level_type, control + at + header - 8, sizeof(level_type));
        if (size < header || size > length - at)
            break;
        if (level_type[0] == SOL_SOCKET && level_type[1] == SCM_RIGHTS) {
            int32_t fds[253]; /* SCM_MAX_FD, net/scm.h */
            size_t bytes = (size_t)size - header < sizeof(fds) ? (size_t)size - header : sizeof(fds);
            memcpy(fds, control + at + header, bytes);
            descriptors_came(tracer, thread, fds, bytes / sizeof(fds[0]));
        }
        size_t align = wide ? 8 : 4;
        at += ((size_t)size + align - 1) / align * align;
    }
}

void recvmsg_call_exit(struct tracer *tracer, struct thread *thread)
{
    recvmsg_exit(tracer, thread, thread->call.args);
}

/* ---- socketcall: all of the above through one number on i386 --------------------------------------- */

void socketcall_call_exit(struct tracer *tracer, struct thread *thread)
{
    uint32_t words[6] = {0};
    uint64_t args[6];
    /* The shorter calls may have their arguments at the end of a page. */
    if (!memory_read(thread->tid, thread->call.args[1], words, sizeof(words)) &&
        !memory_read(thread->tid, thread->call.args[1], words, 3 * sizeof(words[0])))
        return;
    for (size_t i = 0; i < ARRAY_COUNT(args); i++)
        args[i] = words[i];
    switch (thread->call.args[0]) {
    case SUB_SOCKET:
        socket_exit(tracer, thread, args);
        break;
    case SUB_SOCKETPAIR:
        socketpair_exit(tracer, thread, args);
        break;
    case SUB_BIND:
        bind_exit(tracer, thread, args);
        break;
    case SUB_CONNECT:
        connect_exit(tracer, thread, args);
        break;
    case SUB_LISTEN:
        listen_exit(tracer, thread, args);
        break;
    case SUB_ACCEPT:
    case SUB_ACCEPT4:
        phase_wait(tracer, "accept");
        descriptor_call_exit(tracer, thread);
        break;
    case SUB_SENDTO:
        sendto_entry(tracer, thread, args);
        break;
    case SUB_SENDMSG:
        sendmsg_entry(tracer, thread, args);
        break;
    case SUB_RECVMSG:
        recvmsg_exit(tracer, thread, args);
        break;
    default:
        break;
    }
}
