/* What to choose: plain runc with the profiles, or a RuntimeClass. */
#include "model/advice_usage.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "model/risk.h"

/* A name stands once, and the sentence stays readable. */
enum { NAMES_MAX = 6 };

struct risky {
    const struct advice_usage *usage;
    const char *names[NAMES_MAX];
    size_t count;
    size_t more;
};

static bool is_named(const struct risky *risky, const char *name)
{
    for (size_t i = 0; i < risky->count; i++)
        if (strcmp(risky->names[i], name) == 0)
            return true;
    return false;
}

static void add_risky(void *context, const struct image *image, enum abi abi, const struct call_record *call)
{
    (void)image;
    struct risky *risky = context;
    const struct syscall *known = syscall_by_number(abi, call->number);
    if (!known || call->number >= CALL_DENSE_MAX || !call_use_works(&risky->usage->calls[abi][call->number]))
        return;
    if (risk_of_call(known->name, call).level != RISK_HIGH || is_named(risky, known->name))
        return;
    if (risky->count < NAMES_MAX)
        risky->names[risky->count++] = known->name;
    else
        risky->more++;
}

static char *risky_list(const struct risky *risky)
{
    AUTO_BUF struct buf text = BUF_INIT;
    for (size_t i = 0; i < risky->count; i++)
        buf_printf(&text, "%s%s", i ? ", " : "", risky->names[i]);
    if (risky->more)
        buf_add_text(&text, " and more");
    return buf_take(&text);
}

static bool fits(const struct advice *advice, const char *platform)
{
    const struct advice_place *place = advice_place(advice, platform);
    return place && place->verdict >= VERDICT_LIKELY;
}

static const struct data_advice_platforms *platform_of(const struct advice *advice, const char *platform)
{
    return advice_place(advice, platform)->platform;
}

/* Where gVisor's published costs would fall, by the yardsticks of advice.h. */
static const char *heavy_for_gvisor(const struct advice_load *load)
{
    if (load->opens >= ADVICE_MANY_OPENS)
        return "it opens many files before it serves, which is where gVisor costs most";
    if (load->calls_per_second >= ADVICE_MANY_CALLS || load->serving_calls_per_second >= ADVICE_MANY_CALLS)
        return "it makes many system calls, which is where gVisor costs most";
    return NULL;
}

static void choose_untrusted(const struct advice *advice, struct advice_choice *choice)
{
    const char *heavy = heavy_for_gvisor(&advice->load);
    bool gvisor = fits(advice, "gvisor");
    bool kata = fits(advice, "kata");
    if (gvisor && !(heavy && kata)) {
        choice->untrusted = platform_of(advice, "gvisor");
        choice->untrusted_why =
            heavy ? mem_printf("it runs there, and Kata is in doubt; %s: measure first", heavy)
                  : mem_strdup("it runs there, needs no virtualization, and does little of what costs there");
    } else if (kata) {
        choice->untrusted = platform_of(advice, "kata");
        choice->untrusted_why = heavy && gvisor
                                    ? mem_printf("%s; where nodes have no virtualization, gvisor", heavy)
                                    : mem_strdup("gVisor lacks what it needs; a guest with a Linux kernel has it");
    } else {
        choice->untrusted_why = mem_strdup("no sandbox that takes the image as it is fits; a virtual machine of its own does");
    }
}

/* What changes the host cannot be had from a kernel that is not the host's. */
static bool acts_on_host(const struct advice *advice)
{
    const struct advice_place *runc = advice_place(advice, "runc");
    return runc->verdict < VERDICT_LIKELY;
}

void advice_choose(const struct advice *advice, const struct advice_usage *usage, struct advice_choice *ret)
{
    struct risky risky = {.usage = usage};
    recording_each_call(usage->recording, add_risky, &risky);
    AUTO_FREE char *names = risky_list(&risky);
    struct advice_choice choice = {.platform = platform_of(advice, "runc")};
    choose_untrusted(advice, &choice);
    if (acts_on_host(advice)) {
        choice.why = mem_strdup("it acts on the host's kernel, which a sandbox would take away; its profile has to grant "
                                "that, so run only what is trusted");
    } else if (risky.count > 0 && choice.untrusted) {
        choice.platform = choice.untrusted;
        choice.why = mem_printf("high-risk calls worked and its profile has to allow them on the host's kernel: %s; %s",
                                names, choice.untrusted_why);
    } else if (risky.count > 0) {
        choice.why = mem_printf("high-risk calls worked (%s), but no sandbox fits", names);
    } else {
        choice.why = mem_strdup("no high-risk call worked, so that the profiles can refuse them all; a sandbox would "
                                "add its cost and take little more away");
    }
    *ret = choice;
}
