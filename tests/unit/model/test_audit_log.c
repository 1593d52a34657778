/* Lines of real logs, as tables of a line and what is read from it. */
#include "model/audit_log.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

/* ---- one line, one thing --------------------------------------------------------------------------- */

static const char *text_of(const struct audit_log *log, uint32_t string)
{
    const char *text = audit_log_text(log, string);
    return text ? text : "-";
}

static void add_accesses(struct buf *out, access_mask did)
{
    const char *before = " ";
    for (unsigned bit = 0; bit < ACCESS_BITS; bit++)
        if (did >> bit & 1) {
            buf_printf(out, "%s%s", before, access_name(bit));
            before = ",";
        }
}

/* "FATE PROFILE PROGRAM COMM: WHAT" */
static void describe(struct buf *out, const struct audit_log *log, const struct audit_entry *entry)
{
    const struct audit_thing *thing = &entry->thing;
    char name[SYSCALL_NAME_MAX];
    buf_printf(out, "%s %s %s %s: ", audit_fate_name(thing->fate), text_of(log, thing->profile),
               text_of(log, thing->program), text_of(log, thing->comm));
    switch (thing->kind) {
    case DENIAL_CALL:
        buf_printf(out, "%s %s %s", arch_get(thing->abi)->name, syscall_name(thing->abi, thing->number, name),
                   seccomp_action_name(thing->action));
        break;
    case DENIAL_FILE:
        buf_printf(out, "%s ", thing->owner == AUDIT_OWNER_SELF ? "own" : thing->owner == AUDIT_OWNER_OTHER ? "other" : "?");
        aa_mask_write(thing->denied, NULL, out);
        buf_printf(out, " of ");
        aa_mask_write(thing->requested, NULL, out);
        buf_printf(out, " %s", text_of(log, thing->path));
        add_accesses(out, thing->did);
        break;
    case DENIAL_CAPABILITY:
    case DENIAL_NETWORK:
    case DENIAL_OTHER:
        buf_printf(out, "%s %s %s", denial_kind_name(thing->kind), text_of(log, thing->words), text_of(log, thing->detail));
        if (thing->fact != FACT_KIND_COUNT)
            buf_printf(out, " [%s %s %s %s %llx]", fact_kind_name(thing->fact), text_of(log, thing->fact_subject),
                       text_of(log, thing->fact_object), text_of(log, thing->fact_note),
                       (unsigned long long)thing->fact_value);
        break;
    case DENIAL_KIND_COUNT:
        break;
    }
    if (thing->info != STRING_NONE)
        buf_printf(out, " (%s)", text_of(log, thing->info));
}

#define HEAD "audit: type=1400 audit(1795356738.936:8): "
#define SECCOMP "audit: type=1326 audit(1795356740.650:110): auid=4294967295 uid=0 gid=0 ses=4294967295 "

static const struct {
    const char *line;
    const char *wanted; /* "": nothing is read and nothing is wrong; "!cause" */
} lines[] = {
    /* Linux 6.1 of Debian 12, from dmesg */
    {"[    4.553248] " HEAD "apparmor=\"DENIED\" operation=\"open\" profile=\"logged\" name=\"/etc/group\" pid=117 "
     "comm=\"busybox\" requested_mask=\"r\" denied_mask=\"r\" fsuid=0 ouid=0",
     "denied logged - busybox: own r of r /etc/group read"},
    {HEAD "apparmor=\"ALLOWED\" operation=\"open\" profile=\"complaining\" name=2F7372762F6F6464206E616D65 pid=138 "
     "comm=\"busybox\" requested_mask=\"r\" denied_mask=\"r\" fsuid=0 ouid=1000",
     "complain complaining - busybox: other r of r /srv/odd name read"},
    {HEAD "apparmor=\"ALLOWED\" operation=\"open\" profile=\"c\" name=\"/srv/made\" pid=135 comm=\"sh\" "
     "requested_mask=\"wc\" denied_mask=\"wc\" fsuid=0 ouid=0",
     "complain c - sh: own w of w /srv/made write,create"},
    {HEAD "apparmor=\"DENIED\" operation=\"open\" profile=\"c\" name=\"/srv/made\" pid=135 comm=\"sh\" "
     "requested_mask=\"ac\" denied_mask=\"c\" fsuid=0 ouid=0",
     "denied c - sh: own w of w /srv/made append,create"},
    {HEAD "apparmor=\"DENIED\" operation=\"open\" profile=\"c\" name=\"/srv/log\" pid=135 comm=\"sh\" "
     "requested_mask=\"a\" denied_mask=\"a\" fsuid=0 ouid=0",
     "denied c - sh: own a of a /srv/log append"},
    {HEAD "apparmor=\"ALLOWED\" operation=\"mkdir\" profile=\"c\" name=\"/srv/directory/\" pid=139 comm=\"mkdir\" "
     "requested_mask=\"c\" denied_mask=\"c\" fsuid=0 ouid=0",
     "complain c - mkdir: own w of w /srv/directory/ create"},
    {HEAD "apparmor=\"DENIED\" operation=\"open\" profile=\"c\" name=\"/srv/directory/\" pid=139 comm=\"ls\" "
     "requested_mask=\"r\" denied_mask=\"r\" fsuid=0 ouid=0",
     "denied c - ls: own r of r /srv/directory/ list"},
    {HEAD "apparmor=\"ALLOWED\" operation=\"rename_src\" profile=\"c\" name=\"/srv/made\" pid=141 comm=\"mv\" "
     "requested_mask=\"wrd\" denied_mask=\"wrd\" fsuid=0 ouid=0",
     "complain c - mv: own rw of rw /srv/made read,write,delete"},
    {HEAD "apparmor=\"ALLOWED\" operation=\"link\" profile=\"c\" name=\"/srv/linked\" pid=142 comm=\"ln\" "
     "requested_mask=\"l\" denied_mask=\"l\" fsuid=0 ouid=0 target=\"/srv/moved\"",
     "complain c - ln: own l of l /srv/linked link"},
    {HEAD "apparmor=\"DENIED\" operation=\"file_mmap\" profile=\"c\" name=\"/usr/lib/x.so\" pid=142 comm=\"ld\" "
     "requested_mask=\"rm\" denied_mask=\"m\" fsuid=0 ouid=0",
     "denied c - ld: own m of rm /usr/lib/x.so read,map-exec"},
    {HEAD "apparmor=\"DENIED\" operation=\"file_lock\" profile=\"c\" name=\"/run/lock\" pid=142 comm=\"ld\" "
     "requested_mask=\"k\" denied_mask=\"k\" fsuid=0 ouid=0",
     "denied c - ld: own k of k /run/lock lock"},
    {HEAD "apparmor=\"ALLOWED\" operation=\"exec\" profile=\"c\" name=\"/usr/bin/id\" pid=142 comm=\"sh\" "
     "requested_mask=\"x\" denied_mask=\"x\" fsuid=0 ouid=0 target=\"c//null-/usr/bin/id\"",
     "complain c - sh: own x of x /usr/bin/id exec"},
    {HEAD "apparmor=\"DENIED\" operation=\"open\" info=\"Failed name lookup - disconnected path\" error=-13 "
     "profile=\"c\" name=\"dev/pts/0\" pid=1 comm=\"sh\" requested_mask=\"r\" denied_mask=\"r\" fsuid=0 ouid=0",
     "denied c - sh: own r of r dev/pts/0 read (Failed name lookup - disconnected path)"},
    {HEAD "apparmor=\"KILLED\" operation=\"open\" profile=\"c\" name=\"/a\" pid=1 comm=\"sh\" requested_mask=\"r\" "
     "denied_mask=\"r\" fsuid=0 ouid=0",
     "denied c - sh: own r of r /a read"},
    {HEAD "apparmor=\"AUDIT\" operation=\"open\" profile=\"c\" name=\"/a\" pid=1 comm=\"sh\" requested_mask=\"r\" "
     "fsuid=0 ouid=0",
     "audited c - sh: own r of r /a read"},
    {HEAD "apparmor=\"DENIED\" operation=\"open\" namespace=\"root//lxd-web\" profile=\"c\" name=\"/a\" pid=1 "
     "comm=\"sh\" requested_mask=\"r\" denied_mask=\"r\" fsuid=0 ouid=0",
     "denied :root//lxd-web:c - sh: own r of r /a read"},
    /* Linux 6.2 and later say the class of a record. */
    {HEAD "apparmor=\"DENIED\" operation=\"open\" class=\"file\" profile=\"c\" name=\"/a\" pid=1 comm=\"sh\" "
     "requested_mask=\"r\" denied_mask=\"r\" fsuid=0 ouid=0",
     "denied c - sh: own r of r /a read"},
    {HEAD "apparmor=\"DENIED\" operation=\"capable\" class=\"cap\" profile=\"c\" pid=1 comm=\"sh\" capability=21  "
     "capname=\"sys_admin\"",
     "denied c - sh: capability sys_admin - [capability - - - 15]"},
    {HEAD "apparmor=\"DENIED\" operation=\"create\" class=\"net\" profile=\"c\" pid=1 comm=\"sh\" family=\"inet\" "
     "sock_type=\"stream\" protocol=6 requested_mask=\"create\" denied_mask=\"create\"",
     "denied c - sh: network inet stream - [socket inet stream 6 - - 200010006]"},
    {HEAD "apparmor=\"DENIED\" operation=\"create\" profile=\"c\" pid=1 comm=\"sh\" family=\"netlink\" "
     "sock_type=\"raw\" protocol=0 requested_mask=\"create\" denied_mask=\"create\"",
     "denied c - sh: network netlink raw - [socket netlink raw 0 - - 1000030000]"},
    {HEAD "apparmor=\"DENIED\" operation=\"connect\" class=\"net\" profile=\"snap\" pid=9 comm=\"x\" family=\"unix\" "
     "sock_type=\"stream\" protocol=0 requested_mask=\"send connect\" denied_mask=\"send connect\" addr=none "
     "peer_addr=\"@/tmp/.X11-unix/X0\" peer=\"unconfined\"",
     "denied snap - x: other unix (send connect) type=stream"},
    {HEAD "apparmor=\"DENIED\" operation=\"ptrace\" profile=\"c\" pid=1 comm=\"ps\" requested_mask=\"read\" "
     "denied_mask=\"read\" peer=\"unconfined\"",
     "denied c - ps: other ptrace (read) peer=\"unconfined\" [ptrace read outside - 0]"},
    {HEAD "apparmor=\"DENIED\" operation=\"ptrace\" profile=\"c\" pid=1 comm=\"ps\" requested_mask=\"tracedby\" "
     "denied_mask=\"tracedby\" peer=\"gdb\"",
     "denied c - ps: other ptrace (tracedby) peer=\"gdb\" [ptrace tracedby gdb - 0]"},
    {HEAD "apparmor=\"DENIED\" operation=\"signal\" profile=\"c\" pid=1 comm=\"sh\" requested_mask=\"send\" "
     "denied_mask=\"send\" signal=term peer=\"c\"",
     "denied c - sh: other signal (send) set=(term) peer=\"c\" [signal SIGTERM c - 0]"},
    {HEAD "apparmor=\"DENIED\" operation=\"signal\" profile=\"c\" pid=1 comm=\"sh\" requested_mask=\"receive\" "
     "denied_mask=\"receive\" signal=kill peer=\"unconfined\"",
     "denied c - sh: other signal (receive) set=(kill) peer=\"unconfined\" [signal SIGKILL unconfined - 0]"},
    {HEAD "apparmor=\"DENIED\" operation=\"mount\" info=\"failed mntpnt match\" error=-13 profile=\"c\" "
     "name=\"/srv/mounted/\" pid=1 comm=\"mount\" fstype=\"tmpfs\" srcname=\"some\" flags=\"rw, nosuid, silent\"",
     "denied c - mount: other mount fstype=(tmpfs) options=(rw, nosuid, silent) \"some\" -> \"/srv/mounted/\" "
     "[mount /srv/mounted some tmpfs 8002] (failed mntpnt match)"},
    {HEAD "apparmor=\"DENIED\" operation=\"umount\" profile=\"c\" name=\"/srv/mounted/\" pid=1 comm=\"umount\"",
     "denied c - umount: other umount \"/srv/mounted/\" [umount /srv/mounted - - 0]"},
    {HEAD "apparmor=\"DENIED\" operation=\"pivotroot\" profile=\"c\" name=\"/new/\" pid=1 comm=\"runc\" srcname=\"/old/\"",
     "denied c - runc: other pivot_root oldroot=\"/old/\" \"/new/\" [root pivot_root /new - 0]"},
    {HEAD "apparmor=\"DENIED\" operation=\"change_onexec\" info=\"label not found\" error=-2 profile=\"c\" "
     "name=\"missing\" pid=1 comm=\"aa-exec\"",
     "denied c - aa-exec: other change_profile -> \"missing\" (label not found)"},
    {HEAD "apparmor=\"DENIED\" operation=\"setrlimit\" profile=\"c\" pid=1 comm=\"sh\" rlimit=nofile value=9999",
     "denied c - sh: other rlimit nofile <= 9999"},
    {HEAD "apparmor=\"DENIED\" operation=\"uring_override\" class=\"io_uring\" profile=\"c\" pid=1 comm=\"x\" "
     "requested=\"override_creds\" denied=\"override_creds\"",
     "denied c - x: other io_uring -"},
    {HEAD "apparmor=\"DENIED\" operation=\"userns_create\" class=\"namespace\" info=\"Userns create restricted\" "
     "profile=\"c\" pid=9 comm=\"x\" requested=\"userns_create\" denied=\"userns_create\"",
     "denied c - x: other userns - (Userns create restricted)"},
    {HEAD "apparmor=\"DENIED\" operation=\"open\" class=\"posix_mqueue\" profile=\"c\" name=\"/queue\" pid=9 comm=\"x\" "
     "requested=\"create\" denied=\"create\" fsuid=0 ouid=0",
     "denied c - x: other mqueue -"},
    {HEAD "apparmor=\"DENIED\" operation=\"frobnicate\" profile=\"c\" pid=9 comm=\"x\"",
     "denied c - x: other frobnicate -"},
    {HEAD "apparmor=\"STATUS\" operation=\"profile_load\" profile=\"unconfined\" name=\"c\" pid=4 comm=\"apparmor_parser\"", ""},
    /* audit.log, plain and enriched; syslog; journalctl's text; programs that enforce for AppArmor */
    {"type=AVC msg=audit(1795356738.936:8): apparmor=\"DENIED\" operation=\"open\" profile=\"c\" name=\"/a\" pid=1 "
     "comm=\"sh\" requested_mask=\"r\" denied_mask=\"r\" fsuid=0 ouid=0\x1d" "FSUID=\"root\" OUID=\"root\"",
     "denied c - sh: own r of r /a read"},
    {"type=AVC msg=audit(1795356738.936:8): apparmor=\"DENIED\" operation=\"open\" profile=\"c\" name=\"/a\" pid=1 "
     "comm=\"sh\" requested_mask=\"r\" denied_mask=\"r\" fsuid=33 ouid=33FSUID=\"www-data\" OUID=\"www-data\"",
     "denied c - sh: own r of r /a read"},
    {"[425135.489547] type=1400 audit(1349173277.164:402134): apparmor=\"ALLOWED\" operation=\"exec\" parent=8782 "
     "profile=\"/usr/lib/chromium/chromium{,*[^s]}\" name=\"/usr/bin/kdialog\" pid=642 comm=\"Chrome_FileThre\" "
     "requested_mask=\"x\" denied_mask=\"x\" fsuid=1000 ouid=0 target=\"/usr/lib/chromium/chromium//null-c2\"",
     "complain /usr/lib/chromium/chromium{,*[^s]} - Chrome_FileThre: other x of x /usr/bin/kdialog exec"},
    {"Nov 22 14:12:18 host kernel: [   12.1] " HEAD "apparmor=\"DENIED\" operation=\"open\" profile=\"c\" name=\"/a\" "
     "pid=1 comm=\"sh\" requested_mask=\"r\" denied_mask=\"r\" fsuid=0 ouid=0",
     "denied c - sh: own r of r /a read"},
    {"Nov 22 14:12:18 host audit[1]: AVC apparmor=\"DENIED\" operation=\"open\" profile=\"c\" name=\"/a\" "
     "pid=1 comm=\"sh\" requested_mask=\"r\" denied_mask=\"r\" fsuid=0 ouid=0",
     "denied c - sh: own r of r /a read"},
    {"type=USER_AVC msg=audit(1375323372.644:157): pid=363 uid=102 auid=4294967295 ses=4294967295 "
     "msg='apparmor=\"DENIED\" operation=\"dbus_method_call\"  bus=\"system\" path=\"/org/freedesktop/DBus\" "
     "interface=\"org.freedesktop.DBus\" member=\"Hello\" mask=\"send\" name=\"org.freedesktop.DBus\" pid=2833 "
     "label=\"c\" peer_label=\"unconfined\"  exe=\"/bin/dbus-daemon\" sauid=102 hostname=? addr=? terminal=?'",
     "denied c - -: other dbus (send) bus=system path=\"/org/freedesktop/DBus\" interface=\"org.freedesktop.DBus\" "
     "member=\"Hello\" peer=(label=\"unconfined\")"},
    {"Nov 22 14:12:18 host dbus-daemon[7]: apparmor=\"DENIED\" operation=\"dbus_bind\"  bus=\"session\" "
     "name=\"org.x.Y\" mask=\"bind\" pid=2833 label=\"c\"",
     "denied c - -: other dbus (bind) bus=session name=\"org.x.Y\""},
    /* seccomp: Linux 6.1; a task under AppArmor; i386, x32 and arm64; every action; 4.13 and before */
    {"[   11.77] " SECCOMP "subj=unconfined pid=187 comm=\"busybox\" exe=\"/usr/bin/busybox\" sig=31 arch=c000003e "
     "syscall=56 compat=0 ip=0x4610d3 code=0x80000000",
     "denied - /usr/bin/busybox busybox: x86_64 clone SCMP_ACT_KILL_PROCESS"},
    {SECCOMP "subj=docker-default (enforce) pid=1 comm=\"a\" exe=\"/a\" sig=0 arch=c000003e syscall=83 compat=0 "
     "ip=0x1 code=0x7ffc0000",
     "complain docker-default /a a: x86_64 mkdir SCMP_ACT_LOG"},
    {SECCOMP "subj=\"web//null-/bin/x (complain)\" pid=1 comm=\"a\" exe=\"/a\" sig=0 arch=c000003e syscall=83 compat=0 "
     "ip=0x1 code=0x7ffc0000AUID=\"unset\" UID=\"root\" ARCH=x86_64 SYSCALL=mkdir",
     "complain web//null-/bin/x /a a: x86_64 mkdir SCMP_ACT_LOG"},
    {SECCOMP "subj==unconfined pid=1 comm=\"a\" exe=2F61206220 sig=31 arch=40000003 syscall=5 compat=1 ip=0x1 code=0x0",
     "denied - /a b  a: i386 open SCMP_ACT_KILL_THREAD"},
    {SECCOMP "pid=1 comm=\"a\" exe=\"/a\" sig=31 arch=c000003e syscall=1073741906 compat=0 ip=0x1 code=0x30000",
     "denied - /a a: x32 rename SCMP_ACT_TRAP"},
    {SECCOMP "pid=1 comm=\"a\" exe=\"/a\" sig=0 arch=c00000b7 syscall=34 compat=0 ip=0x1 code=0x50000",
     "denied - /a a: aarch64 mkdirat SCMP_ACT_ERRNO"},
    {SECCOMP "pid=1 comm=\"a\" exe=\"/a\" sig=0 arch=c000003e syscall=83 compat=0 ip=0x1 code=0x7fc00000",
     "handed-over - /a a: x86_64 mkdir SCMP_ACT_NOTIFY"},
    {SECCOMP "pid=1 comm=\"a\" exe=\"/a\" sig=0 arch=c000003e syscall=83 compat=0 ip=0x1 code=0x7ff00000",
     "handed-over - /a a: x86_64 mkdir SCMP_ACT_TRACE"},
    {"type=SECCOMP msg=audit(1414.123:4): auid=0 uid=0 gid=0 ses=1 pid=1 comm=\"a\" exe=\"/a\" sig=31 arch=c000003e "
     "syscall=99999 compat=0 ip=0x1",
     "denied - /a a: x86_64 syscall_99999 SCMP_ACT_KILL_THREAD"},
    {"Nov 22 14:12:18 host audit[1]: SECCOMP auid=0 uid=0 gid=0 ses=1 pid=1 comm=\"a\" exe=\"/a\" sig=31 "
     "arch=c000003e syscall=83 compat=0 ip=0x1 code=0x80000000",
     "denied - /a a: x86_64 mkdir SCMP_ACT_KILL_PROCESS"},
    /* the journal's JSON: text, and bytes that are not UTF-8 */
    {"{\"MESSAGE\":\"AVC apparmor=\\\"DENIED\\\" operation=\\\"open\\\" profile=\\\"c\\\" name=\\\"/a\\\" pid=1 "
     "comm=\\\"sh\\\" requested_mask=\\\"r\\\" denied_mask=\\\"r\\\" fsuid=0 ouid=0\",\"_AUDIT_ID\":\"8\","
     "\"_SOURCE_REALTIME_TIMESTAMP\":\"1795356738936000\"}",
     "denied c - sh: own r of r /a read"},
    {"{\"__REALTIME_TIMESTAMP\":\"1\",\"_TRANSPORT\":\"syslog callbacks suppressed\",\"MESSAGE\":[104,105,255]}", ""},
    {"{\"MESSAGE\":\"hello\"}", ""},
    /* neither of AppArmor nor of seccomp */
    {"", ""},
    {"type=AVC msg=audit(1.2:3): avc:  denied  { read } for  pid=1 comm=\"a\" scontext=u:r:t:s0 tclass=file", ""},
    {"type=1701 audit(1795356740.650:111): auid=1 uid=0 gid=0 ses=4 pid=1 comm=\"a\" exe=\"/a\" sig=31 res=1", ""},
    {"Nov 22 14:12:18 host sshd[12]: Accepted publickey for root", ""},
    /* what cannot be read */
    {HEAD "apparmor=\"DENIED\"", "!bad-apparmor"},
    {HEAD "apparmor=\"DENIED", "!bad-apparmor"},
    {HEAD "apparmor=\"\"", "!bad-apparmor"},
    {HEAD "apparmor=\"WHATEVER\" operation=\"open\" profile=\"c\" name=\"/a\" requested_mask=\"r\"", "!bad-apparmor"},
    {HEAD "apparmor=\"DENIED\" operation=\"open\" name=\"/a\" requested_mask=\"r\" denied_mask=\"r\"", "!bad-apparmor"},
    {HEAD "apparmor=\"DENIED\" operation=\"capable\" profile=\"c\" capability=99 capname=\"sys_nothing\"", "!bad-apparmor"},
    {HEAD "apparmor=\"DENIED\" operation=\"create\" profile=\"c\" family=\"inet\"", "!bad-apparmor"},
    {HEAD "apparmor=\"DENIED\" operation=\"open\" profile=\"c\" name=\"/a", "!bad-apparmor"},
    {HEAD "apparmor=\"DENIED\" operation=\"open\" profile=\"c\" name=\"/a\"", "!bad-apparmor"},
    {HEAD "apparmor=\"DENIED\" operation=\"open\" profile=\"c\" name=\"/a\" requested_mask=\"r?\"", "!bad-apparmor"},
    {SECCOMP "pid=1 comm=\"a\" exe=\"/a\"", "!bad-seccomp"},
    {SECCOMP "arch=c000003e syscall=-1 code=0x0", "!bad-seccomp"},
    {SECCOMP "arch=zz syscall=1 code=0x0", "!bad-seccomp"},
    {SECCOMP "arch=c000003e syscall=99999999999999999999 code=0x0", "!bad-seccomp"},
    {SECCOMP "arch=80000016 syscall=4 code=0x0", "!unknown-abi"},
    {"{\"MESSAGE\":\"type=1326 \"", "!bad-json"},
    {"{\"MESSAGE\":[1,2,999],\"x\":\"SECCOMP\"}", "!bad-json"},
    {"{\"x\":\"SECCOMP\"}", "!bad-json"},
    {"[    4.553248] kauditd_printk_skb: 12 callbacks suppressed", "!lost"},
    {"[    4.553248] audit: audit_lost=5 audit_rate_limit=0 audit_backlog_limit=64", "!lost"},
};

Test(audit_log, reads_lines)
{
    for (size_t i = 0; i < ARRAY_COUNT(lines); i++) {
        AUTO(audit_log_free_cleanup) struct audit_log *log = audit_log_new(NULL);
        AUTO_BUF struct buf got = BUF_INIT;
        audit_log_line(log, "log", 1, lines[i].line, strlen(lines[i].line));
        audit_log_end(log);
        cr_assert(log->entry_count <= 1);
        if (log->entry_count == 1)
            describe(&got, log, &log->entries[0]);
        for (enum audit_trouble trouble = 0; trouble < AUDIT_TROUBLE_COUNT; trouble++)
            if (log->troubles[trouble].count > 0)
                buf_printf(&got, "!%s", audit_trouble_name(trouble));
        cr_assert_str_eq(buf_text(&got), lines[i].wanted, "line %zu: %s\n got: %s\nwant: %s", i, lines[i].line,
                         buf_text(&got), lines[i].wanted);
    }
}

/* Every line cut anywhere, and with every byte replaced in turn, is read or refused: nothing worse. */
Test(audit_log, survives_damage, .timeout = 120)
{
    static const char odd[] = {'\0', '"', ' ', '=', '\x1d', '\xff', '{', '9'};
    AUTO(audit_log_free_cleanup) struct audit_log *log = audit_log_new(NULL);
    uint64_t fed = 0;
    for (size_t i = 0; i < ARRAY_COUNT(lines); i++) {
        size_t length = strlen(lines[i].line);
        for (size_t at = 0; at <= length; at++, fed++)
            audit_log_line(log, "log", at, lines[i].line, at);
        for (size_t at = 0; at < length; at++, fed++) {
            AUTO_FREE char *copy = mem_dup(lines[i].line, length);
            copy[at] = odd[(at + i) % ARRAY_COUNT(odd)];
            audit_log_line(log, "log", at, copy, length);
        }
    }
    audit_log_end(log);
    cr_assert_eq(log->lines, fed);
    cr_assert(log->troubles[AUDIT_BAD_APPARMOR].count > 100 && log->troubles[AUDIT_BAD_SECCOMP].count > 100);
    AUTO(recording_free_cleanup) struct recording *recording = audit_log_recording(log, "log", NULL, NULL);
    cr_assert_not(recording_complete(recording));
}

/* ---- several lines -------------------------------------------------------------------------------------- */

static struct audit_log *log_of(const char *only, const char *const *text)
{
    struct audit_log *log = audit_log_new(only);
    for (uint64_t i = 0; text[i]; i++)
        audit_log_line(log, "log", i + 1, text[i], strlen(text[i]));
    audit_log_end(log);
    return log;
}

#define OPEN(profile, name, id)                                                                             \
    "type=AVC msg=audit(17." id "): apparmor=\"DENIED\" operation=\"open\" profile=\"" profile "\" name=\"" name     \
    "\" pid=1 comm=\"sh\" requested_mask=\"r\" denied_mask=\"r\" fsuid=0 ouid=0"
#define CALL(id, rest) "type=SYSCALL msg=audit(17." id "): arch=c000003e syscall=257 success=no exit=-13 " rest

Test(audit_log, counts_and_times)
{
    static const char *const text[] = {OPEN("c", "/a", "100:5"), OPEN("c", "/b", "200:6"), OPEN("c", "/a", "50:4"),
                                       OPEN("c", "/a", "900:9"), NULL};
    AUTO(audit_log_free_cleanup) struct audit_log *log = log_of(NULL, text);
    cr_assert_eq(log->entry_count, 2);
    cr_assert_eq(log->entries[0].count, 3);
    cr_assert_eq(log->entries[0].first_ms, 17050);
    cr_assert_eq(log->entries[0].last_ms, 17900);
    cr_assert_eq(log->first_ms, 17050);
    cr_assert_eq(log->last_ms, 17900);
    uint64_t times;
    cr_assert_eq(audit_log_denials(log, &times), 2);
    cr_assert_eq(times, 4);
}

/* The system call of the same event names the program; events of two processors come mixed. */
Test(audit_log, takes_the_program_of_the_call)
{
    static const char *const text[] = {
        OPEN("c", "/a", "100:5"),
        OPEN("c", "/b", "100:6"),
        CALL("100:5", "a0=1 a1=2 a2=0 a3=0 comm=\"sh\" exe=\"/usr/bin/dash\""),
        CALL("100:6", "a0=1 a1=2 a2=0 a3=0 comm=\"sh\" exe=2F6F64642073"),
        OPEN("c", "/c", "100:7"),
        CALL("100:8", "a0=1 a1=2 a2=0 a3=0 comm=\"sh\" exe=\"/none\""),
        NULL,
    };
    static const char *const programs[] = {"/usr/bin/dash", "/odd s", "-"};
    AUTO(audit_log_free_cleanup) struct audit_log *log = log_of(NULL, text);
    cr_assert_eq(log->entry_count, 3);
    for (size_t i = 0; i < 3; i++)
        cr_assert_str_eq(text_of(log, log->entries[i].thing.program), programs[i]);
}

Test(audit_log, takes_the_arguments_of_the_call)
{
#define KILL(id) "type=SECCOMP msg=audit(17." id "): auid=0 pid=1 comm=\"a\" exe=\"/a\" sig=0 arch=c000003e syscall=41 code=0x7ffc0000"
    static const char *const known[] = {KILL("1:1"), CALL("1:1", "a0=2 a1=80001 a2=0 a3=7f exe=\"/a\""), NULL};
    static const char *const half[] = {KILL("1:1"), CALL("1:1", "a0=2 a1=80001 a2=0 a3=7f exe=\"/a\""), KILL("2:2"), NULL};
    AUTO(audit_log_free_cleanup) struct audit_log *one = log_of(NULL, known);
    AUTO(audit_log_free_cleanup) struct audit_log *two = log_of(NULL, half);
    cr_assert_eq(one->entry_count, 1);
    cr_assert_eq(one->entries[0].args[1]->values[0], 0x80001);
    cr_assert_not(one->entries[0].args[1]->overflow);
    cr_assert(one->entries[0].args[4]->overflow);
    cr_assert_eq(two->entry_count, 1);
    cr_assert_eq(two->entries[0].count, 2);
    cr_assert(two->entries[0].args[1]->overflow);
}

Test(audit_log, counts_a_record_once)
{
    static const char *const text[] = {
        OPEN("c", "/a", "100:5"),
        "Nov 22 14:12:18 host kernel: audit: type=1400 audit(17.100:5): apparmor=\"DENIED\" operation=\"open\" profile=\"c\" "
        "name=\"/a\" pid=1 comm=\"sh\" requested_mask=\"r\" denied_mask=\"r\" fsuid=0 ouid=0",
        OPEN("c", "/b", "100:5"), /* another record of the same event */
        KILL("1:1"),
        "[ 1.1] audit: type=1326 audit(17.1:1): auid=0 pid=1 comm=\"a\" exe=\"/a\" sig=0 arch=c000003e syscall=41 code=0x7ffc0000",
        NULL,
    };
    AUTO(audit_log_free_cleanup) struct audit_log *log = log_of(NULL, text);
    cr_assert_eq(log->twice, 2);
    cr_assert_eq(log->entry_count, 3);
    for (size_t i = 0; i < 3; i++)
        cr_assert_eq(log->entries[i].count, 1);
}

Test(audit_log, looks_at_one_profile_alone)
{
    static const char *const text[] = {
        OPEN("web", "/a", "1:1"),
        OPEN("web2", "/a", "1:2"),
        OPEN("web//null-/bin/sh", "/b", "1:3"),
        OPEN("web//hat", "/c", "1:4"),
        KILL("1:5"),
        "type=SECCOMP msg=audit(17.1:6): auid=0 subj=web (enforce) pid=1 comm=\"a\" exe=\"/a\" arch=c000003e syscall=41 code=0x0",
        NULL,
    };
    AUTO(audit_log_free_cleanup) struct audit_log *log = log_of("web", text);
    cr_assert_eq(log->entry_count, 3);
    cr_assert_eq(log->passed, 3);
}

/* audit_lost counts since the machine was started. */
Test(audit_log, adds_up_what_was_lost)
{
    static const char *const text[] = {"audit: audit_lost=5 audit_rate_limit=0 audit_backlog_limit=64",
                                       "audit: audit_lost=9 audit_rate_limit=0 audit_backlog_limit=64",
                                       "kauditd_printk_skb: 12 callbacks suppressed",
                                       "audit: audit_lost=2 audit_rate_limit=0 audit_backlog_limit=64", /* started anew */
                                       "audit: audit_lost=3 audit_rate_limit=0 audit_backlog_limit=64", NULL};
    AUTO(audit_log_free_cleanup) struct audit_log *log = log_of(NULL, text);
    cr_assert_eq(log->troubles[AUDIT_LOST].count, 9 + 12 + 1);
}

Test(audit_log, keeps_so_many_things, .timeout = 120)
{
    AUTO(audit_log_free_cleanup) struct audit_log *log = audit_log_new(NULL);
    char line[256];
    for (unsigned i = 0; i < AUDIT_ENTRIES_MAX + 10; i++) {
        int length = snprintf(line, sizeof(line), SECCOMP "comm=\"a\" exe=\"/a%u\" arch=c000003e syscall=41 code=0x0", i);
        line[42] = (char)('0' + i % 10); /* no record twice */
        line[41] = (char)('0' + i / 10 % 10);
        audit_log_line(log, "log", i + 1, line, (size_t)length);
    }
    audit_log_end(log);
    cr_assert_eq(log->entry_count, AUDIT_ENTRIES_MAX);
    cr_assert_eq(log->troubles[AUDIT_TOO_MANY].count, 10);
    cr_assert_not_null(log->troubles[AUDIT_TOO_MANY].example);
}

/* ---- files -------------------------------------------------------------------------------------------------- */

struct scratch {
    char path[32];
};

static void scratch_done(struct scratch *scratch)
{
    (void)unlink(scratch->path);
}

static struct scratch scratch_of(const void *bytes, size_t length)
{
    struct scratch scratch = {"/tmp/audit-log-XXXXXX"};
    int fd = mkstemp(scratch.path);
    cr_assert(fd >= 0 && write(fd, bytes, length) == (ssize_t)length);
    (void)close(fd);
    return scratch;
}

/* A long line in the middle, zeros of a lost power, no end of the last line. */
Test(audit_log, reads_files)
{
    AUTO_BUF struct buf text = BUF_INIT;
    buf_printf(&text, "%s\r\n", OPEN("c", "/a", "1:1"));
    buf_add_text(&text, "apparmor=\"DENIED\" ");
    for (size_t i = 0; i < 3 * AUDIT_LINE_MAX; i++)
        buf_add_char(&text, 'x');
    buf_add_char(&text, '\n');
    buf_add(&text, "\0\0\0\0\0\0\0", 7);
    buf_printf(&text, "%s\n", OPEN("c", "/b", "1:2"));
    for (size_t i = text.length; i % AUDIT_LINE_MAX != AUDIT_LINE_MAX - 10; i++)
        buf_add_char(&text, '\n'); /* so that a line lies across two reads */
    buf_add_text(&text, OPEN("c", "/c", "1:3"));
    AUTO(scratch_done) struct scratch scratch = scratch_of(text.data, text.length);
    AUTO(audit_log_free_cleanup) struct audit_log *log = audit_log_new(NULL);
    struct err err = ERR_INIT;
    cr_assert_eq(audit_log_read(log, scratch.path, &err), 0, "%s", err.sentence);
    cr_assert_eq(log->entry_count, 3);
    cr_assert_eq(log->troubles[AUDIT_TOO_LONG].count, 1);
    cr_assert(strstr(log->troubles[AUDIT_TOO_LONG].example, ":2: apparmor=\"DENIED\" xxx"));
}

Test(audit_log, refuses_what_is_no_text)
{
    static const struct {
        const char *bytes;
        size_t length;
        const char *says;
    } rows[] = {
        {"\x1f\x8b\x08\x00", 4, "is compressed: give what zcat makes of it"},
        {"\xfd" "7zXZ\x00", 6, "is compressed: give what xzcat makes of it"},
        {"\x28\xb5\x2f\xfd\x00", 5, "is compressed: give what zstdcat makes of it"},
        {"LPKSHHRH\x00", 9, "is the journal's own file"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO(scratch_done) struct scratch scratch = scratch_of(rows[i].bytes, rows[i].length);
        AUTO(audit_log_free_cleanup) struct audit_log *log = audit_log_new(NULL);
        struct err err = ERR_INIT;
        cr_assert_eq(audit_log_read(log, scratch.path, &err), -EINVAL);
        cr_assert(strstr(err.sentence, rows[i].says), "%s", err.sentence);
    }
    AUTO(audit_log_free_cleanup) struct audit_log *log = audit_log_new(NULL);
    struct err err = ERR_INIT;
    cr_assert_eq(audit_log_read(log, "/nowhere/at/all", &err), -ENOENT);
    cr_assert_eq(audit_log_read(log, "/tmp", &err), -EISDIR);
}

/* ---- the recording ------------------------------------------------------------------------------------------- */

Test(audit_log, becomes_a_recording)
{
    static const char *const text[] = {
        OPEN("c", "/etc/", "100:1"),
        OPEN("/usr/sbin/sh", "/etc/x", "200:2"), /* the task has the name of the program that the profile is of */
        OPEN("c", "dev/pts/0", "300:3"),         /* no place */
        HEAD "apparmor=\"DENIED\" operation=\"dbus_bind\" bus=\"session\" name=\"org.x.Y\" mask=\"bind\" label=\"c\"", /* no place */
        HEAD "apparmor=\"DENIED\" operation=\"capable\" profile=\"c\" pid=1 comm=\"sh\" capability=21 capname=\"sys_admin\"",
        KILL("900:9"),
        NULL,
    };
    AUTO(audit_log_free_cleanup) struct audit_log *log = log_of(NULL, text);
    uint32_t images[8];
    size_t left = 0;
    AUTO(recording_free_cleanup) struct recording *recording = audit_log_recording(log, "kern.log", images, &left);
    cr_assert_eq(left, 2);
    cr_assert_not(recording_complete(recording));
    cr_assert_eq(recording->run_count, 1);
    cr_assert_eq(recording->runs[0].losses[LOSS_LOG].count, 6);
    cr_assert_str_eq(recording_text(recording, recording->runs[0].losses[LOSS_LOG].example), "kern.log");
    cr_assert_str_eq(recording_text(recording, recording->runs[0].method), "log");
    cr_assert_str_eq(recording_text(recording, recording->runs[0].machine), "x86_64");
    cr_assert_eq(recording->path_count, 2);
    cr_assert_str_eq(recording_text(recording, recording->paths[0].path), "/etc");
    cr_assert_eq(recording->paths[0].type, FILE_DIRECTORY);
    cr_assert_eq(recording->paths[0].did[PHASE_STARTUP], ACCESS_LIST);
    cr_assert_eq(recording->fact_count, 1);
    cr_assert_eq(recording->facts[0].value, 21);
    cr_assert_str_eq(recording_text(recording, recording->images[images[0]].path), "sh");
    cr_assert_str_eq(recording_text(recording, recording->images[images[1]].path), "/usr/sbin/sh");
    cr_assert_eq(call_record_total(recording_call(recording, images[5], ABI_X86_64, 41)), 1);
}

/* Which values a call was refused with is not in the log: merged, nothing may be taken for whole that is not. */
Test(audit_log, forgets_arguments_when_merged)
{
    static const char *const text[] = {KILL("900:9"), NULL};
    AUTO(audit_log_free_cleanup) struct audit_log *log = log_of(NULL, text);
    AUTO(recording_free_cleanup) struct recording *logged = audit_log_recording(log, "log", NULL, NULL);
    for (int order = 0; order < 2; order++) {
        AUTO(recording_free_cleanup) struct recording *first = recording_new();
        (void)recording_add_run(first);
        uint32_t image = recording_image(first, recording_string(first, "/a"), STRING_NONE, STRING_NONE);
        struct call_record *call = recording_call(first, image, ABI_X86_64, 41);
        call->count[PHASE_STARTUP] = 1;
        call_record_arg(call, 0, 1);
        AUTO(recording_free_cleanup) struct recording *all = recording_new();
        recording_merge(all, order ? logged : first);
        recording_merge(all, order ? first : logged);
        const struct call_record *merged = recording_call(all, 0, ABI_X86_64, 41);
        cr_assert_eq(call_record_total(merged), 2);
        cr_assert(merged->args[0]->overflow);
        cr_assert_eq(merged->args[0]->values[0], 1);
    }
}
