/* Call numbers no kernel has: few of them, extreme ones, and more than anybody keeps. */
#include "hostile.h"

int main(int argc, char **argv)
{
    const long numbers[] = {-1, -2, 600, 9999, 0x3fffffff, 0x7fffffff};
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        printf("%ld: ", numbers[i]);
        tell("", syscall(numbers[i], 1, 2, 3, 4, 5, 6));
    }
    expect("call %s syscall_600", ABI);
    expect("call %s syscall_9999", ABI);
    (void)argv;
    int wrong = 0;
    if (argc == 1)
        for (long i = 0; i < 20000; i++)
            wrong += syscall(100000 + i) != -1 || errno != ENOSYS;
    printf("wrong: %d\n", wrong);
    expect("loss stray-numbers");
    expect("may-lose foreign-abi");
    return 0;
}
