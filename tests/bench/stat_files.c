/* usage: stat_files COUNT ROUNDS: stats the files 0 to COUNT-1 below the working directory, ROUNDS times. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int main(int argc, char **argv)
{
    int count = argc > 1 ? atoi(argv[1]) : 0;
    int rounds = argc > 2 ? atoi(argv[2]) : 1;
    for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < count; i++) {
            char name[32];
            struct stat st;
            snprintf(name, sizeof(name), "%d", i);
            if (stat(name, &st) != 0) {
                perror(name);
                return 1;
            }
        }
    }
    return 0;
}
