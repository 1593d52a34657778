/* Opens, writes and renames files through io_uring: no system call shows it, so the recording must
 * name the loss. Raw calls, no liburing. */
#include "hostile.h"

#include <linux/io_uring.h>
#include <stdatomic.h>
#include <sys/mman.h>

struct ring {
    int fd;
    struct io_uring_params params;
    char *submit;
    char *complete;
    struct io_uring_sqe *entries;
};

static bool ring_init(struct ring *ring)
{
    ring->fd = (int)syscall(SYS_io_uring_setup, 8, &ring->params);
    if (ring->fd < 0)
        return false;
    struct io_uring_params *p = &ring->params;
    size_t submit_size = p->sq_off.array + p->sq_entries * sizeof(unsigned);
    size_t complete_size = p->cq_off.cqes + p->cq_entries * sizeof(struct io_uring_cqe);
    ring->submit =
        mmap(NULL, submit_size, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, IORING_OFF_SQ_RING);
    ring->complete =
        mmap(NULL, complete_size, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, IORING_OFF_CQ_RING);
    ring->entries = mmap(NULL, p->sq_entries * sizeof(*ring->entries), PROT_READ | PROT_WRITE, MAP_SHARED,
                         ring->fd, IORING_OFF_SQES);
    return ring->submit != MAP_FAILED && ring->complete != MAP_FAILED && ring->entries != MAP_FAILED;
}

static int submit(struct ring *ring, const struct io_uring_sqe *entry)
{
    const struct io_sqring_offsets *sq = &ring->params.sq_off;
    const struct io_cqring_offsets *cq = &ring->params.cq_off;
    atomic_uint *tail = (void *)(ring->submit + sq->tail);
    unsigned mask = *(unsigned *)(void *)(ring->submit + sq->ring_mask);
    unsigned index = atomic_load(tail) & mask;
    ring->entries[index] = *entry;
    ((unsigned *)(void *)(ring->submit + sq->array))[index] = index;
    atomic_fetch_add(tail, 1);
    must(syscall(SYS_io_uring_enter, ring->fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0), "io_uring_enter");
    atomic_uint *head = (void *)(ring->complete + cq->head);
    const struct io_uring_cqe *done = (void *)(ring->complete + cq->cqes);
    int result = done[atomic_load(head) & *(unsigned *)(void *)(ring->complete + cq->ring_mask)].res;
    atomic_fetch_add(head, 1);
    return result;
}

int main(void)
{
    static struct ring ring;
    if (!ring_init(&ring))
        return SKIP;
    const char *name = "by-io-uring";
    int fd = submit(&ring, &(struct io_uring_sqe){.opcode = IORING_OP_OPENAT,
                                                  .fd = AT_FDCWD,
                                                  .addr = (uintptr_t)name,
                                                  .len = 0644,
                                                  .open_flags = O_CREAT | O_WRONLY});
    printf("open: %d\n", fd >= 0);
    printf("write: %d\n", submit(&ring, &(struct io_uring_sqe){.opcode = IORING_OP_WRITE,
                                                               .fd = fd,
                                                               .addr = (uintptr_t)name,
                                                               .len = 5}));
    printf("there: %d\n", access(name, F_OK) == 0);
    expect_call("io_uring_setup");
    expect_call("io_uring_enter");
    expect("loss io-uring");
    return 0;
}
