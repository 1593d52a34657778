#include "trace/netlink_call.h"

#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>

#include "base/file.h"
#include "base/mem.h"
#include "trace/call.h"
#include "trace/memory.h"
#include "trace/privilege_rule.h"
#include "trace/thread.h"

/* rtnetlink_rcv_msg in net/core/rtnetlink.c: of each four types one asks. Not all that configure the network
 * by generic netlink need a capability, but which do is up to the family and its command. */
static int capability_of(int protocol, unsigned type)
{
    enum { KIND_GET = 2 };
    switch (protocol) {
    case NETLINK_ROUTE:
        return type >= RTM_BASE && (type & 3) != KIND_GET ? CAP_NET_ADMIN : 0;
    case NETLINK_XFRM:
    case NETLINK_NETFILTER:
    case NETLINK_CONNECTOR:
    case NETLINK_CRYPTO:
        return CAP_NET_ADMIN;
    case NETLINK_GENERIC:
        return type != GENL_ID_CTRL && type >= NLMSG_MIN_TYPE ? CAP_NET_ADMIN : 0;
    case NETLINK_SOCK_DIAG:
        return type == SOCK_DESTROY ? CAP_NET_ADMIN : 0;
    case NETLINK_AUDIT: /* audit_netlink_ok in kernel/audit.c */
        return type == AUDIT_USER || (type >= AUDIT_FIRST_USER_MSG && type <= AUDIT_LAST_USER_MSG) ||
                       (type >= AUDIT_FIRST_USER_MSG2 && type <= AUDIT_LAST_USER_MSG2)
                   ? CAP_AUDIT_WRITE
                   : CAP_AUDIT_CONTROL;
    default:
        return 0;
    }
}

static const char *reason_of(int capability)
{
    return capability == CAP_NET_ADMIN    ? "a netlink message was sent that changes the network"
           : capability == CAP_AUDIT_WRITE ? "an audit record was written"
                                           : "auditing was configured";
}

void netlink_sent(struct tracer *tracer, struct thread *thread, int fd, uint64_t bytes, uint64_t length)
{
    enum { MESSAGES_MAX = 64 };
    uint64_t at = 0;
    int protocol = thread->credentials.effective == 0 ? -1 : privilege_socket_protocol(thread, fd);
    for (unsigned i = 0; protocol >= 0 && i < MESSAGES_MAX && length - at >= sizeof(struct nlmsghdr); i++) {
        struct nlmsghdr header;
        if (!memory_read(thread->tid, bytes + at, &header, sizeof(header)))
            return;
        int capability = capability_of(protocol, header.nlmsg_type);
        if (capability > 0)
            call_capability(tracer, thread, capability, reason_of(capability));
        uint64_t size = NLMSG_ALIGN((uint64_t)header.nlmsg_len);
        if (header.nlmsg_len < sizeof(header) || size > length - at)
            return;
        at += size;
    }
}

void netlink_groups_joined(struct tracer *tracer, struct thread *thread, const uint64_t *args)
{
    if (judge_is_audit_socket(tracer, thread, args))
        call_capability(tracer, thread, CAP_AUDIT_READ, "audit messages were subscribed to");
    else if (judge_is_closed_netlink(tracer, thread, args))
        call_capability(tracer, thread, CAP_NET_ADMIN, "a closed netlink group was joined");
}
